package dataset

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestBoxesFromTables(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"by position":     {"a/1.png,0,0,2,1\nr.jpg,1,2,3,4\n", []string{"a/1.png faces box [0 0 2 1]", "a/r.jpg faces box [1 2 3 4]"}},
		"with names":      {"a/1.png,0,0,2,1.5,head\na/1.png,2,0,4,3,hat\n", []string{"a/1.png head box [0 0 2 1.5]", "a/1.png hat box [2 0 4 3]"}},
		"header":          {"score,file,x1,y1,x2,y2\n0.9,1.png,0,0,2,1\n", []string{"a/1.png faces box [0 0 2 1]"}},
		"other words":     {"Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n1.png;4;3;0;0;2;1;7\n", []string{"a/1.png faces box [0 0 2 1]"}},
		"corners by side": {"label\tleft\ttop\tright\tbottom\timage\nhead\t0\t0\t2\t1\ta\\1.png\n", []string{"a/1.png head box [0 0 2 1]"}},
		"name and file":   {"file,name,xmin,ymin,xmax,ymax\n1.png,,0,0,2,1\n1.png,hat,0,0,2,1\n", []string{"a/1.png faces box [0 0 2 1]", "a/1.png hat box [0 0 2 1]"}},
	} {
		t.Run(name, func(t *testing.T) {
			root := plant(t, map[string]string{"a/1.png": "", "a/r.jpg": string(rotatedJPEG(8, 5))})
			file := filepath.Join(t.TempDir(), "faces.csv")
			write(t, file, []byte(c.text))
			r := scan(t, Source{Root: root, Regions: []string{file}})
			var want []string
			for _, w := range c.want {
				want = append(want, w+" faces.csv")
			}
			equal(t, "regions", regionLines(r.Regions), want)
		})
	}
}

func TestBoxesThatCannotBeRead(t *testing.T) {
	root := plant(t, map[string]string{"a/1.png": ""})
	for text, says := range map[string]string{
		"":                                     "the table is empty",
		"path,x1,y1,x2\n1.png,0,0,1\n":         "path, x1, y1, x2, y2",
		"path,x1,y1,x2,y2\n1.png,0,0,1\n":      "line 2: 4 fields, where the box needs 5",
		"path,x1,y1,x2,y2\n1.png,0,0,a,1\n":    `line 2: "a" is no number of pixels`,
		"path,x1,y1,x2,y2\n1.png,0,0,NaN,1\n":  "is no number of pixels",
		"path,x1,y1,x2,y2\n1.png,3,0,1,1\n":    "ends before it begins",
		"path,x1,y1,x2,y2\n,0,0,1,1\n":         "no path",
		"path,x1,y1,x2,y2\n1.png,40,0,41,1\n":  "lies outside",
		"1.png,0,0,1,1\n1.png,0,0,1,1,\"x\n\"": "opens a quote",
	} {
		file := filepath.Join(t.TempDir(), "boxes.csv")
		write(t, file, []byte(text))
		_, err := Scan(ctx, Source{Root: root, Regions: []string{file}}, nil)
		if !errors.Is(err, ErrRegions) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v does not say %q", text, err, says)
		}
	}
}

func FuzzReadBoxes(f *testing.F) {
	f.Add("path,x1,y1,x2,y2,name\na.png,0,0,1,1,head\n")
	f.Add("a.png;0;0;1;1\n")
	f.Fuzz(func(t *testing.T, text string) {
		images, err := ReadBoxes([]byte(text), "box")
		if err == nil {
			for _, a := range images {
				for _, r := range a.Regions {
					if x0, y0, x1, y1 := r.Bounds(); a.File == "" || r.Name == "" || !(x0 < x1 && y0 < y1) {
						t.Errorf("%q: %+v", a.File, r)
					}
				}
			}
		}
	})
}
