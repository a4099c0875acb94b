package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Strings that pycocotools writes, with the runs they stand for.
func TestDecompressPublished(t *testing.T) {
	for text, want := range map[string][]int64{"122O": {1, 2, 2, 1}, "Z11": {42, 1}, "231N": {2, 3, 1, 1}, "061": {0, 6, 1}, "": nil} {
		if got, err := decompress(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, bad := range []string{"1 2", "1é", "Z", strings.Repeat("o", 13) + "0"} {
		if got, err := decompress(bad); err == nil {
			t.Errorf("%q: %v, no error", bad, got)
		}
	}
}

// compress is the writer's side as COCO's mask API describes it: five bits at a time,
// until what is left is all sign.
func compress(runs []int64) string {
	var b strings.Builder
	for i, x := range runs {
		if i > 2 {
			x -= runs[i-2]
		}
		for {
			c := x & 0x1f
			x >>= 5
			if last := c&0x10 == 0 && x == 0 || c&0x10 != 0 && x == -1; last {
				b.WriteByte(byte(c + 48))
				break
			}
			b.WriteByte(byte(c | 0x20 + 48))
		}
	}
	return b.String()
}

// runsOf counts a mask's runs pixel by pixel, down the columns.
func runsOf(pixels []bool, width, height int) []int64 {
	runs := []int64{0}
	for i := range pixels {
		inside := pixels[i%height*width+i/height]
		if inside != (len(runs)%2 == 0) {
			runs = append(runs, 0)
		}
		runs[len(runs)-1]++
	}
	return runs
}

// Random masks, compressed and not, are read as they were, with the box around them.
func TestMasksAreReadAsTheyWere(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		width, height := 1+r.IntN(12), 1+r.IntN(70)
		pixels, bounds := make([]bool, width*height), [4]int{width, height, 0, 0}
		dense := r.Float64()
		for i := range pixels {
			if pixels[i] = r.Float64() < dense; pixels[i] {
				x, y := i%width, i/width
				bounds = [4]int{min(bounds[0], x), min(bounds[1], y), max(bounds[2], x+1), max(bounds[3], y+1)}
			}
		}
		if !slices.Contains(pixels, true) {
			continue
		}
		runs := runsOf(pixels, width, height)
		want := []float64{float64(width), float64(height)}
		for _, n := range runs {
			want = append(want, float64(n))
		}
		for _, counts := range []any{runs, compress(runs)} {
			segmentation, err := json.Marshal(map[string]any{"size": []int{height, width}, "counts": counts})
			if err != nil {
				t.Fatal(err)
			}
			got, err := maskOf(segmentation)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%s: %v, %v, want %v", segmentation, got, err, want)
			}
		}
		x0, y0, x1, y1 := Region{Kind: Mask, Points: want}.Bounds()
		if got := fmt.Sprint(x0, y0, x1, y1); got != fmt.Sprint(bounds[0], bounds[1], bounds[2], bounds[3]) {
			t.Fatalf("%v: bounds %s, want %v", want, got, bounds)
		}
	}
}

func TestMasksThatCannotBe(t *testing.T) {
	for segmentation, says := range map[string]string{
		`{"size":[2,3],"counts":[1,2]}`:      "lack 3",
		`{"size":[2,3],"counts":[1,9]}`:      "run 2",
		`{"size":[2,3],"counts":[7,-1]}`:     "run 1",
		`{"size":[2,3],"counts":[6]}`:        "without a pixel",
		`{"size":[2],"counts":[6]}`:          "not height, width",
		`{"size":[2,0],"counts":[0]}`:        "not height, width",
		`{"size":[2,3],"counts":[1.5,4.5]}`:  "neither whole numbers nor a string",
		`{"size":[2,3],"counts":{"a":1}}`:    "neither whole numbers nor a string",
		`{"size":[2,3],"counts":"Z"}`:        "middle of a number",
		`{"size":[8000000000,1],"counts":1}`: "not height, width",
	} {
		if got, err := maskOf(json.RawMessage(segmentation)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v does not say %q", segmentation, got, err, says)
		}
	}
	if got, err := maskOf(json.RawMessage(`[]`)); got != nil || err != nil {
		t.Errorf("no mask: %v, %v", got, err)
	}
}

func TestMaskOfAnotherSizeIsRefused(t *testing.T) {
	root := plant(t, map[string]string{"r.jpg": string(rotatedJPEG(8, 5))})
	file := filepath.Join(t.TempDir(), "masks.json")
	write(t, file, []byte(`{"images":[{"id":8,"file_name":"r.jpg"}],"categories":[{"id":1,"name":"head"}],
		"annotations":[{"id":3,"image_id":8,"category_id":1,"segmentation":{"counts":[4,30,6],"size":[5,8]}}]}`))
	_, err := Scan(ctx, Source{Root: root, Regions: []string{file}}, nil)
	if !errors.Is(err, ErrRegions) || !strings.Contains(err.Error(), `"head" is 8×5, but the image is displayed at 5×8`) {
		t.Errorf("got %v", err)
	}
}
