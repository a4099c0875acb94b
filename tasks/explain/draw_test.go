package explain

import (
	"reflect"
	"testing"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/task"
)

// What is to be drawn arrives as it was sent, and what is cut off or lies about its size is an
// error; so are answers about what was not asked.
func TestDrawingTravels(t *testing.T) {
	r := DrawRequest{Colours: "viridis", Images: []DrawnImage{
		{Image: task.Image{File: "/a.jpg", Hash: "h", Bytes: 7}, Maps: []SentMap{
			{Width: 2, Height: 1, Geometry: api.Geometry{InputWidth: 2, Matrix: [6]float64{1, 2, 3, 4, 5, 6}}, Values: []float32{1, -2}},
			{Width: 1, Height: 1, Values: []float32{3}},
		}},
		{Image: task.Image{File: "/b.jpg"}},
	}}
	sent := r.Encode()
	got, err := DecodeDrawRequest(sent)
	if err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("%+v came as %+v, %v", r, got, err)
	}
	for n := range len(sent) {
		if _, err := DecodeDrawRequest(sent[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are no error", n, len(sent))
		}
	}
	for _, d := range []DrawnMap{{Image: 0, Map: 1, PNG: []byte("png")}, {Image: 1, Failed: &DrawingFailed{"file", "gone"}}} {
		if got, err := decodeDrawnMap(d.Encode(), r); err != nil || !reflect.DeepEqual(got, d) {
			t.Errorf("%+v came as %+v, %v", d, got, err)
		}
	}
	for _, d := range []DrawnMap{{Image: 0, Map: 2}, {Image: 1, Map: 0}, {Image: 2}} {
		if _, err := decodeDrawnMap(d.Encode(), r); err == nil {
			t.Errorf("%+v is no error", d)
		}
	}
	if _, err := decodeDrawnMap([]byte("short"), r); err == nil {
		t.Error("an answer of five bytes is no error")
	}
}
