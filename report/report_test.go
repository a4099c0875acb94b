package report

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/server/api"
)

// Names that others chose: a script, a formula, text from right to left with a control that turns what follows.
var hostile = []string{"<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202eגוג", `"><img src=x onerror=alert(1)>`}

func example() *Report {
	e := api.Evaluation{ID: "d~m", Dataset: hostile[0], Model: hostile[3], State: api.JobDone, Classes: hostile[:3], Evaluated: 1234, Correct: 1000, Accuracy: 0.8104,
		Warnings: []string{"a warning with " + hostile[0]}}
	r := &Report{Options: Options{Slice: "label=" + hostile[0], Version: "1", Made: time.Unix(0, 0)}, Evaluation: e, SliceName: "labelled " + hostile[0],
		Dataset: api.DatasetHash{SHA256: "0123456789abcdef", Samples: 2000}, ModelSHA256: "fedcba9876543210",
		Matrix: Matrix{Classes: []int{0, 1}, Counts: [][]uint32{{8, 2, 0}, {0, 7, 1}}, None: true}, Headline: "All are decided by " + hostile[3], NoMaps: "sightline explain d m"}
	for i, name := range hostile[:3] {
		r.Classes = append(r.Classes, api.ClassMetrics{Index: i, Name: name, Support: 10, Predicted: 9, Correct: 8, Recall: 0.8, F1: 0.5})
	}
	r.Curves = []api.Curve{{Class: 2, Points: []api.CurvePoint{{Precision: 1, Recall: 0}, {Precision: 0.5, Recall: 1}}}}
	r.Histogram = api.Histogram{Edges: []float64{0, 0.5, 1}, Right: []int{1, 2}, Wrong: []int{1, 0}}
	drawn := draw(api.MapHeader{MapMeta: api.MapMeta{Width: 2, Height: 2, Geometry: api.Geometry{Matrix: [6]float64{20, 0, 4, 0, 20, 0}}}}, []float32{0, 1, 2, -4})
	r.Cells = []Cell{{Confusion: api.Confusion{Label: 0, Predicted: 1, Count: 5}, Shown: []Shown{{ID: 7, Path: "a/" + hostile[3], Label: hostile[2], Guess: hostile[1],
		Width: 48, Height: 40, Thumbnail: []byte("JPEG"), Map: drawn, Method: "gradcam", Target: "contrast", Verdict: "green"}}}}
	r.Findings = []Finding{{Finding: api.Finding{Kind: "shortcut", Word: "decides", Text: hostile[0] + " is decided by the " + hostile[3], N: 40}}}
	r.LookRegions = []string{hostile[0]}
	r.Look = api.Look{Method: "gradcam", Target: "predicted", All: api.LookRow{Maps: 3, Regions: []api.RegionShare{{Region: hostile[0], Share: api.Estimate{Mean: 0.25}}}}}
	r.Comparison = &api.Comparison{Evaluation: "d~m", Before: hostile[0], Images: 10, Classes: []api.ClassDifference{{Name: hostile[1], Corrected: 0.01}, {Name: "same", Corrected: 1}},
		Transitions: []api.TransitionCount{{Transition: "still-right", Count: 3}}}
	return r
}

// The page has no script, no event, no address but those of images in it, whatever names hold; its
// elements are closed; its policy fits its style.
func TestPageIsInert(t *testing.T) {
	var b strings.Builder
	if err := example().HTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	tags := map[string]int{}
	var kept string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			tags[token.Name.Local]++
			for _, a := range token.Attr {
				name := a.Name.Local
				if strings.HasPrefix(name, "on") || name == "style" || (name == "href" || name == "src") && !strings.HasPrefix(a.Value, "data:image/") {
					t.Errorf("<%s %s=%q>", token.Name.Local, name, a.Value)
				}
				if name == "content" && strings.HasPrefix(a.Value, "default-src") {
					kept = a.Value
				}
			}
		}
	}
	for _, tag := range []string{"script", "link", "a", "img", "iframe", "object", "base", "form"} {
		if tags[tag] > 0 {
			t.Errorf("the page has %d <%s>", tags[tag], tag)
		}
	}
	if kept != Policy() || !strings.Contains(page, "<style>"+style+"</style>") {
		t.Errorf("policy %q, want %q, of the style as it stands", kept, Policy())
	}
	for _, want := range []string{"1\u202f234 labelled", "0123456789ab", "fedcba987654", "&lt;script&gt;", "<bdi>\u202eגוג</bdi>", "sightline explain d m", "no decision", "shortcut", "still-right"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
}

// No name in the text is formatting, a link, or turns what is beside it; tables have their columns.
func TestMarkdownIsText(t *testing.T) {
	var b strings.Builder
	if err := example().Markdown(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, not := range []string{"<script>", "<img", "\u202e", "calc'!A0"} {
		if strings.Contains(text, not) {
			t.Errorf("the text has %q", not)
		}
	}
	cells := regexp.MustCompile(`(^|[^\\])\|`)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "|") {
			if n := len(cells.FindAllString(line, -1)); n != 5 && n != 6 {
				t.Errorf("%d cells in %s", n-1, line)
			}
		}
	}
	for _, want := range []string{"**81.0 %** right", "n = 1234", "- **shortcut** &lt;script&gt;", "0123456789ab", "still right: 3", "| =cmd\\|"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not have %q: %s", want, text)
		}
	}
}

// A drawn map has a pixel per cell and a margin, colours about zero, and the geometry of its cells.
func TestDraw(t *testing.T) {
	values := make([]float32, 100*50)
	for i := range values {
		values[i] = float32(i%100) / 99
	}
	m := draw(api.MapHeader{MapMeta: api.MapMeta{Width: 100, Height: 50, Geometry: api.Geometry{Matrix: [6]float64{2, 0, 5, 0, 2, 7}}}}, values)
	im, err := png.Decode(bytes.NewReader(m.PNG))
	if err != nil || im.Bounds().Dx() != 66 || im.Bounds().Dy() != 52 || m.Width != 64 || m.Height != 50 {
		t.Fatalf("%+v, %v", im.Bounds(), err)
	}
	if want := [6]float64{3.125, 0, 5, 0, 2, 7}; m.Matrix != want {
		t.Errorf("matrix %v, want %v", m.Matrix, want)
	}
	if im.At(0, 3) != im.At(1, 3) || im.At(65, 3) != im.At(64, 3) || im.At(1, 3) == im.At(64, 3) {
		t.Error("the margin does not repeat the edge")
	}
	for name, bad := range map[string][]float32{"constant": {1, 1, 1, 1}, "not a number": {0, float32(math.NaN()), 1, 2}, "short": {1}} {
		if draw(api.MapHeader{MapMeta: api.MapMeta{Width: 2, Height: 2}}, bad) != nil {
			t.Errorf("a map that is %s is drawn", name)
		}
	}
	if got := base64.StdEncoding.EncodeToString([]byte("x")); !strings.HasSuffix(string(dataURL("a/b", []byte("x"))), got) {
		t.Error("data address")
	}
}
