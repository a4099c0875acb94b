package dataset

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func regionLines(regions []Region) []string {
	var out []string
	for _, r := range regions {
		out = append(out, fmt.Sprintf("%s %s %s %v %s", r.Path, r.Name, r.Kind, r.Points, r.Source))
	}
	return out
}

const coco = `{"images":[{"id":7,"file_name":"a/1.png","width":4,"height":3},{"id":8,"file_name":"r.jpg","width":5,"height":8},{"id":9,"file_name":"none.png"}],
"categories":[{"id":1,"name":"head"},{"id":2,"name":"uniform"}],
"annotations":[{"id":1,"image_id":7,"category_id":1,"bbox":[1,0,2,1.5]},
{"id":2,"image_id":8,"category_id":2,"bbox":[0,0,5,8],"segmentation":[[0,0,5,0,5,8],[1,1,2,1,2,2,1,2]]},
{"id":3,"image_id":8,"category_id":1,"bbox":[1,2,3,4],"segmentation":{"counts":[17,3,5,3,12],"size":[8,5]}},
{"id":4,"image_id":8,"category_id":1,"bbox":[1,2,3,4],"segmentation":[]}]}`

func TestCOCORegions(t *testing.T) {
	root := plant(t, map[string]string{"a/1.png": "", "a/r.jpg": string(rotatedJPEG(8, 5))})
	file := filepath.Join(t.TempDir(), "boxes.json")
	write(t, file, []byte(coco))
	r := scan(t, Source{Root: root, Regions: []string{file}})
	equal(t, "regions", regionLines(r.Regions), []string{
		"a/1.png head box [1 0 3 1.5] boxes.json",
		"a/r.jpg uniform polygon [0 0 5 0 5 8] boxes.json",
		"a/r.jpg uniform polygon [1 1 2 1 2 2 1 2] boxes.json",
		"a/r.jpg head mask [5 8 17 3 5 3 12] boxes.json",
		"a/r.jpg head box [1 2 4 6] boxes.json",
	})
	equal(t, "missing", pathsOf(r, Missing), []string{"none.png"})
}

func TestCOCOInTheStoredFrameIsRefused(t *testing.T) {
	root := plant(t, map[string]string{"a/1.png": "", "a/r.jpg": string(rotatedJPEG(8, 5))})
	file := filepath.Join(t.TempDir(), "boxes.json")
	write(t, file, []byte(strings.Replace(coco, `"width":5,"height":8`, `"width":8,"height":5`, 1)))
	_, err := Scan(ctx, Source{Root: root, Regions: []string{file}}, nil)
	if !errors.Is(err, ErrRegions) || !strings.Contains(err.Error(), "r.jpg is 8×5, but it is displayed at 5×8") {
		t.Errorf("got %v", err)
	}
}

func TestReadCOCORefuses(t *testing.T) {
	for text, says := range map[string]string{
		`[]`:                    "not COCO JSON",
		`{"images":[]}`:         "without \"images\"",
		`{"images":[{"id":1}]}`: "no file_name",
		`{"images":[{"id":1,"file_name":"a"},{"id":1,"file_name":"b"}]}`:                                                                                     "two COCO images",
		`{"images":[{"id":1,"file_name":"a"}],"annotations":[{"id":5,"image_id":2,"category_id":1}]}`:                                                        "annotation 5",
		`{"images":[{"id":1,"file_name":"a"}],"categories":[{"id":1,"name":"x"}],"annotations":[{"id":5,"image_id":1,"category_id":1,"bbox":[0,0,0,2]}]}`:    "bbox",
		`{"images":[{"id":1,"file_name":"a"}],"categories":[{"id":1,"name":"x"}],"annotations":[{"image_id":1,"category_id":1,"segmentation":[[0,0,1,1]]}]}`: "polygon of 4",
	} {
		if _, err := ReadCOCO([]byte(text)); !errors.Is(err, ErrRegions) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v does not say %q", text, err, says)
		}
	}
}

func voc(folder, name string, w, h int, box string) []byte {
	return fmt.Appendf(nil, `<annotation><folder>%s</folder><filename>%s</filename><size><width>%d</width><height>%d</height></size>
	<object><name>item</name><bndbox>%s</bndbox></object></annotation>`, folder, name, w, h, box)
}

func TestVOCFolder(t *testing.T) {
	root := plant(t, map[string]string{"images/cake/1.png": "", "images/tea/1.png": "", "images/tea/2.png": ""})
	box := "<xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>3</ymax>"
	write(t, filepath.Join(root, "annotations/cake/1.xml"), voc("cake", `1.png`, 4, 3, box))
	write(t, filepath.Join(root, "annotations/tea/1.xml"), voc("VOC2007", `1.png`, 4, 3, box))
	write(t, filepath.Join(root, "annotations/tea/2.xml"), voc("", `C:\Users\x\2.jpg`, 4, 3, box))
	r := scan(t, Source{Root: root, Regions: []string{filepath.Join(root, "annotations")}})
	equal(t, "regions", regionLines(r.Regions), []string{
		"images/cake/1.png item box [0 1 4 3] 1.xml",
		"images/tea/1.png item box [0 1 4 3] 1.xml",
		"images/tea/2.png item box [0 1 4 3] 2.xml",
	})
	equal(t, "strays", pathsOf(r, Stray), []string{})
}

func TestRegionFilesThatCannotBeUsed(t *testing.T) {
	root := plant(t, map[string]string{"a/1.png": ""})
	dir := t.TempDir()
	for name, c := range map[string]struct{ content, says string }{
		"x.xml":       {"<html></html>", "not Pascal VOC"},
		"nobox.xml":   {"<annotation><filename>1.png</filename><object><name>x</name></object></annotation>", "no box"},
		"noname.xml":  {"<annotation></annotation>", "without <filename>"},
		"size.xml":    {string(voc("", "1.png", 40, 30, "<xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax>")), "is 40×30, but it is displayed at 4×3"},
		"outside.xml": {string(voc("", "1.png", 4, 3, "<xmin>10</xmin><ymin>1</ymin><xmax>20</xmax><ymax>2</ymax>")), "lies outside its 4×3 pixels"},
		"nan.xml":     {string(voc("", "1.png", 4, 3, "<xmin>NaN</xmin><ymin>1</ymin><xmax>20</xmax><ymax>2</ymax>")), "no box"},
		"x.txt":       {"x", "give COCO JSON"},
	} {
		file := filepath.Join(dir, name)
		write(t, file, []byte(c.content))
		if _, err := Scan(ctx, Source{Root: root, Regions: []string{file}}, nil); !errors.Is(err, ErrRegions) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
	if _, err := Scan(ctx, Source{Root: root, Regions: []string{t.TempDir()}}, nil); !errors.Is(err, ErrRegions) {
		t.Errorf("an empty folder of regions: %v", err)
	}
}

func FuzzReadCOCO(f *testing.F) {
	f.Add(coco)
	f.Fuzz(func(t *testing.T, text string) {
		images, err := ReadCOCO([]byte(text))
		checkAnnotated(t, images, err)
	})
}

func FuzzReadVOC(f *testing.F) {
	f.Add(string(voc("a", "1.png", 4, 3, "<xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>3</ymax>")))
	f.Add(`<annotation><filename>x</filename><object><name>n</name><polygon><pt><x>1</x><y>2</y></pt></polygon></object></annotation>`)
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ReadVOC([]byte(text))
		if err == nil {
			checkAnnotated(t, []Annotated{a}, err)
		}
	})
}

func checkAnnotated(t *testing.T, images []Annotated, err error) {
	for _, a := range images {
		if err != nil || a.File == "" {
			t.Fatalf("%+v, %v", a, err)
		}
		for _, r := range a.Regions {
			if r.Kind == Box && len(r.Points) != 4 || r.Kind == Polygon && (len(r.Points) < 6 || len(r.Points)%2 != 0) || r.Kind == Mask && len(r.Points) < 4 {
				t.Fatalf("region %+v", r)
			}
			if x0, y0, x1, y1 := r.Bounds(); r.Kind == Box && !(x0 <= x1 && y0 <= y1) {
				t.Fatalf("box %+v", r)
			}
		}
	}
}
