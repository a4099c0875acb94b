package export

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

type lsTask struct {
	ID          int            `json:"id"`
	Data        map[string]any `json:"data"`
	Annotations []lsAnnotation `json:"annotations"`
	Predictions []lsPrediction `json:"predictions"`
}

type lsAnnotation struct {
	Result []lsResult `json:"result"`
}

type lsPrediction struct {
	Model  string     `json:"model_version"`
	Score  float32    `json:"score"`
	Result []lsResult `json:"result"`
}

type lsResult struct {
	ID     string         `json:"id,omitempty"`
	From   string         `json:"from_name"`
	To     string         `json:"to_name"`
	Type   string         `json:"type"`
	Width  int            `json:"original_width,omitempty"`
	Height int            `json:"original_height,omitempty"`
	Value  map[string]any `json:"value"`
}

// writeLabelStudio writes images/FILE, tasks.json to import, and config.xml, the labelling
// interface. Label Studio serves the images from its local storage; coordinates are percent.
func writeLabelStudio(_ context.Context, set *Set, _ Options, to *Folder) error {
	files, labels, regions := newNames(), slices.Clone(set.Classes), []string{}
	err := set.Each(false, func(s *Sample) error {
		if s.Label != "" && !slices.Contains(labels, s.Label) {
			labels = append(labels, s.Label)
		}
		for _, r := range s.Regions {
			if !slices.Contains(regions, r.Name) {
				regions = append(regions, r.Name)
			}
		}
		return to.Image(path.Join("images", files.image(s)), s)
	})
	if err != nil {
		return err
	}
	err = to.File("tasks.json", func(w io.Writer) error {
		separator, id := "[\n", 0
		err := set.Each(false, func(s *Sample) error {
			id++
			text, err := json.Marshal(toTask(set, s, id, files.image(s)))
			if err == nil {
				_, err = fmt.Fprintf(w, "%s%s", separator, text)
			}
			separator = ",\n"
			return err
		})
		if id == 0 {
			fmt.Fprint(w, "[")
		}
		fmt.Fprint(w, "\n]\n")
		return err
	})
	if err != nil {
		return err
	}
	return to.File("config.xml", func(w io.Writer) error { return lsConfig(w, labels, regions) })
}

func toTask(set *Set, s *Sample, id int, file string) lsTask {
	t := lsTask{ID: id, Data: map[string]any{"image": "/data/local-files/?d=images/" + file, "path": s.Path, "split": s.Split, "tags": toLine(set, s).Tags},
		Annotations: []lsAnnotation{}, Predictions: []lsPrediction{{set.Model, s.Confidence, []lsResult{choice(s.Predicted)}}}}
	var noted []lsResult
	if s.Label != "" {
		noted = append(noted, choice(s.Label))
	}
	for i, r := range s.Regions {
		noted = append(noted, toLSRegion(s, fmt.Sprintf("r%d", i+1), i))
		_ = r
	}
	if noted != nil {
		t.Annotations = append(t.Annotations, lsAnnotation{noted})
	}
	return t
}

func choice(label string) lsResult {
	return lsResult{From: "label", To: "image", Type: "choices", Value: map[string]any{"choices": []string{label}}}
}

// toLSRegion is a region in percent of the image; of a mask its box.
func toLSRegion(s *Sample, id string, i int) lsResult {
	r := s.Regions[i]
	x, y := func(v float64) float64 { return 100 * v / float64(s.Width) }, func(v float64) float64 { return 100 * v / float64(s.Height) }
	out := lsResult{ID: id, To: "image", Width: s.Width, Height: s.Height}
	if r.Kind == "polygon" {
		var points [][2]float64
		for j := 0; j+1 < len(r.Points); j += 2 {
			points = append(points, [2]float64{x(r.Points[j]), y(r.Points[j+1])})
		}
		out.From, out.Type, out.Value = "area", "polygonlabels", map[string]any{"points": points, "polygonlabels": []string{r.Name}}
		return out
	}
	x0, y0, x1, y1 := bounds(r)
	out.From, out.Type = "box", "rectanglelabels"
	out.Value = map[string]any{"x": x(x0), "y": y(y0), "width": x(x1 - x0), "height": y(y1 - y0), "rotation": 0, "rectanglelabels": []string{r.Name}}
	return out
}

func lsConfig(w io.Writer, labels, regions []string) error {
	var b strings.Builder
	b.WriteString("<View>\n  <Image name=\"image\" value=\"$image\"/>\n")
	group := func(element, name, item string, list []string) {
		if len(list) == 0 {
			return
		}
		fmt.Fprintf(&b, "  <%s name=%q toName=\"image\">\n", element, name)
		for _, value := range list {
			fmt.Fprintf(&b, "    <%s value=\"", item)
			_ = xml.EscapeText(&b, []byte(value)) // into memory
			b.WriteString("\"/>\n")
		}
		fmt.Fprintf(&b, "  </%s>\n", element)
	}
	group("Choices", "label", "Choice", labels)
	group("RectangleLabels", "box", "Label", regions)
	group("PolygonLabels", "area", "Label", regions)
	b.WriteString("</View>\n")
	_, err := io.WriteString(w, b.String())
	return err
}
