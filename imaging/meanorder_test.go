package imaging

import (
	"slices"
	"testing"
)

// Means are red, green, blue whatever the input's order; a file may give them as blue, green, red
// and say so. Those that look so and are not said to be are found.
func TestOrderOfMeans(t *testing.T) {
	const head = `{"size": {"height": 8, "width": 8}, "do_rescale": false, "do_flip_channel_order": true, `
	for _, c := range []struct {
		config   string
		mean     []float64
		suspects bool
	}{
		{`"image_mean": [123.68, 116.779, 103.939], "image_std": [1, 2, 3]}`, []float64{123.68, 116.779, 103.939}, false},
		{`"image_mean": [103.939, 116.779, 123.68], "image_std": [1, 2, 3]}`, []float64{103.939, 116.779, 123.68}, true},
		{`"image_mean": [104, 117, 123], "image_std": [1, 1, 1], "image_mean_order": "rgb"}`, []float64{104, 117, 123}, true},
		{`"image_mean": [104, 117, 123], "image_std": [3, 2, 1], "image_mean_order": "BGR"}`, []float64{123, 117, 104}, false},
		{`"image_mean": [0.406, 0.456, 0.485], "image_std": [1, 1, 1]}`, []float64{0.406, 0.456, 0.485}, true},
		{`"image_mean": [0.5, 0.5, 0.5], "image_std": [1, 1, 1]}`, []float64{0.5, 0.5, 0.5}, false},
	} {
		p, err := ParsePreprocessing([]byte(head + c.config))
		if err != nil || !slices.Equal(p.ImageMean, c.mean) || p.MeansLookBGR() != c.suspects {
			t.Errorf("%s: means %v, suspect %v; %v", c.config, p.ImageMean, p.MeansLookBGR(), err)
		}
		if p.ImageMean[0] == 123 && p.ImageStd[0] != 1 {
			t.Errorf("%s: deviations %v did not turn with the means", c.config, p.ImageStd)
		}
	}
	if _, err := ParsePreprocessing([]byte(head + `"image_mean": [1, 2, 3], "image_std": [1, 1, 1], "image_mean_order": "gbr"}`)); err == nil {
		t.Error("an order that is none is taken")
	}
	plain, _ := ParsePreprocessing([]byte(`{"size": 8, "image_mean": [0.406, 0.456, 0.485], "image_std": [1, 1, 1]}`))
	if plain.MeansLookBGR() {
		t.Error("an RGB input is suspected")
	}
}
