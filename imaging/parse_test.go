package imaging

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// plan500 describes what the settings do to an image of 500×375 pixels.
func plan500(p Preprocessing) [6]int {
	pl := p.plan(500, 375)
	return [6]int{pl.resizedW, pl.resizedH, pl.outW, pl.outH, pl.x, pl.y}
}

func TestParsePreprocessing(t *testing.T) {
	cases := map[string]struct {
		text   string
		plan   [6]int // resized w, h, output w, h, offset x, y
		filter Filter
		check  func(p Preprocessing) bool
	}{
		"vit, old spelling": {
			`{"do_normalize": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 2, "size": 224}`,
			[6]int{224, 224, 224, 224, 0, 0}, Bilinear, func(p Preprocessing) bool { return p.DoNormalize && p.DoRescale && !p.DoCenterCrop }},
		"vit": {
			`{"image_processor_type": "ViTImageProcessor", "size": {"height": 384, "width": 384}, "do_rescale": true, "rescale_factor": 0.00392156862745098, "image_mean": [0.5,0.5,0.5], "image_std": [0.5,0.5,0.5], "resample": 3}`,
			[6]int{384, 384, 384, 384, 0, 0}, Bicubic, func(p Preprocessing) bool { return p.RescaleFactor == 1.0/255 }},
		"deit, old spelling: a square of 256, then a crop": {
			`{"feature_extractor_type": "DeiTFeatureExtractor", "crop_size": 224, "do_center_crop": true, "do_resize": true, "resample": 3, "size": 256}`,
			[6]int{256, 256, 224, 224, 16, 16}, Bicubic, nil},
		"clip: the shortest edge": {
			`{"feature_extractor_type": "CLIPFeatureExtractor", "crop_size": 224, "do_center_crop": true, "size": 224}`,
			[6]int{298, 224, 224, 224, 37, 0}, Bicubic, nil},
		"mobilenet": {
			`{"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "size": {"shortest_edge": 256}, "resample": 2}`,
			[6]int{341, 256, 224, 224, 58, 16}, Bilinear, func(p Preprocessing) bool { return p.CropRounding == RoundHuggingFace }},
		"convnext below 384": {
			`{"image_processor_type": "ConvNextImageProcessor", "crop_pct": 0.875, "size": {"shortest_edge": 224}, "resample": 3}`,
			[6]int{341, 256, 224, 224, 58, 16}, Bicubic, nil},
		"convnext, crop_pct unsaid": {
			`{"feature_extractor_type": "ConvNextFeatureExtractor", "size": 224, "resample": 3}`,
			[6]int{341, 256, 224, 224, 58, 16}, Bicubic, nil},
		"convnext at 384 squeezes": {
			`{"image_processor_type": "ConvNextFeatureExtractor", "crop_pct": 0.875, "size": {"shortest_edge": 384}}`,
			[6]int{384, 384, 384, 384, 0, 0}, Bilinear, nil},
		"levit enlarges the edge": {
			`{"image_processor_type": "LevitImageProcessor", "size": {"shortest_edge": 224}, "crop_size": {"height": 224, "width": 224}}`,
			[6]int{341, 256, 224, 224, 58, 16}, Bicubic, nil},
		"mobilevit: bgr, no normalization": {
			`{"do_flip_channel_order": true, "size": {"shortest_edge": 288}, "crop_size": {"height": 256, "width": 256}, "do_center_crop": true, "resample": 2}`,
			[6]int{384, 288, 256, 256, 64, 16}, Bilinear, func(p Preprocessing) bool { return p.DoFlipChannelOrder && !p.DoNormalize }},
		"efficientnet divides twice": {
			`{"image_processor_type": "EfficientNetImageProcessor", "size": {"height": 346, "width": 346}, "crop_size": {"height": 289, "width": 289}, "do_center_crop": false, "include_top": true, "image_mean": [0.4, 0.4, 0.4], "image_std": [0.5, 0.5, 0.2], "resample": 0, "rescale_offset": false}`,
			[6]int{346, 346, 346, 346, 0, 0}, Nearest, func(p Preprocessing) bool { return p.ImageStd[0] == 0.25 && math.Abs(p.ImageStd[2]-0.04) < 1e-12 }},
		"yaml": {
			"size: {height: 200, width: 300}\nresample: lanczos\nimage_mean: [0.5]\nimage_std: [0.25]\nchannels: 1\n",
			[6]int{300, 200, 300, 200, 0, 0}, Lanczos, func(p Preprocessing) bool { return p.Channels == 1 && p.DoNormalize }},
		"torchvision's rounding asked for": {
			`{"crop_size": 225, "size": {"shortest_edge": 256}, "crop_rounding": "torchvision"}`,
			[6]int{341, 256, 225, 225, 58, 16}, Bilinear, nil},
		"hugging face's rounding": {
			`{"crop_size": 225, "size": {"shortest_edge": 256}}`,
			[6]int{341, 256, 225, 225, 58, 15}, Bilinear, nil},
		"letterbox": {
			`{"size": {"longest_edge": 250}, "do_pad": true, "pad_size": {"height": 250, "width": 250}, "pad_value": 114}`,
			[6]int{250, 187, 250, 250, 0, -32}, Bilinear, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := ParsePreprocessing([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := plan500(p); got != c.plan {
				t.Errorf("resized, output, offset %v, want %v", got, c.plan)
			}
			if p.Resample != c.filter {
				t.Errorf("filter %v, want %v", p.Resample, c.filter)
			}
			if c.check != nil && !c.check(p) {
				t.Errorf("unexpected settings: %+v", p)
			}
			roundTrip(t, p)
		})
	}
}

// roundTrip: settings survive their own JSON and YAML, read plainly or by
// ParsePreprocessing.
func roundTrip(t *testing.T, p Preprocessing) {
	t.Helper()
	asJSON, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var plain Preprocessing
	if err := json.Unmarshal(asJSON, &plain); err != nil || !reflect.DeepEqual(plain, p) {
		t.Errorf("JSON gives %+v (%v), want %+v", plain, err, p)
	}
	for _, text := range [][]byte{asJSON, asYAML} {
		again, err := ParsePreprocessing(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if again.CropRounding = p.CropRounding; !reflect.DeepEqual(again, p) {
			t.Errorf("%s\ngives %+v, want %+v", text, again, p)
		}
	}
}

func TestPresetsRoundTrip(t *testing.T) {
	for _, name := range Presets() {
		p, ok := Preset(name)
		if !ok {
			t.Fatalf("preset %s is unknown", name)
		}
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		resized := p.WithInput(96, 64, 1)
		if w, h := resized.OutputSize(); w != 96 || h != 64 {
			t.Errorf("%s for 96×64 gives %d×%d", name, w, h)
		}
		roundTrip(t, p)
	}
	if _, ok := Preset("no such preset"); ok {
		t.Error("an unknown preset is known")
	}
}

func TestParsePreprocessingErrors(t *testing.T) {
	for text, says := range map[string]string{
		``:                                   "none of its fields",
		`[1, 2]`:                             "neither JSON",
		`{"hidden_size": 768}`:               "none of its fields",
		`{"size": "large"}`:                  "size is large",
		`{"size": 224, "resample": 9}`:       "resample is 9",
		`{"size": 224, "resample": "sharp"}`: "unknown resampling filter",
		`{"size": 224, "do_resize": "yes"}`:  "do_resize is yes",
		`{"size": 224, "image_mean": [0.5, 0.5], "image_std": [1, 1]}`:                           "one a channel",
		`{"size": 224, "image_mean": [0.5], "image_std": [0]}`:                                   "contains 0",
		`{"size": 224, "do_normalize": true}`:                                                    "image_mean",
		`{"size": 224, "image_mean": ["a"], "image_std": [1]}`:                                   "list of numbers",
		`{"size": 224, "channels": 4}`:                                                           "channels is 4",
		`{"size": {"shortest_edge": 256}, "crop_size": {"height": 224}, "do_center_crop": true}`: "0×224",
		`{"size": 99999999}`:                             "99999999",
		`{"size": 224, "crop_rounding": "up"}`:           "crop_rounding",
		`{"size": 224, "resize_library": "imagemagick"}`: "resize_library",
	} {
		if _, err := ParsePreprocessing([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want an error saying %q", text, err, says)
		}
	}
}

// TestApplyRefusesOtherSizes: a tensor of another size is an error that says how
// to make them agree.
func TestApplyRefusesOtherSizes(t *testing.T) {
	p, _ := Preset("imagenet")
	_, err := p.Apply(testImage(30, 20), make([]float32, 3*299*299), NCHW)
	if err == nil || !strings.Contains(err.Error(), "crop_size") {
		t.Errorf("%v", err)
	}
}

// TestApplyUint8 gives the resized bytes themselves, in either layout and order.
func TestApplyUint8(t *testing.T) {
	p, _ := Preset("plain")
	p = p.WithInput(40, 30, 3)
	im := testImage(90, 70)
	want := Resize(im, 40, 30, Bilinear, true)
	got := make([]uint8, 3*40*30)
	if _, err := p.ApplyUint8(im, got, NHWC); err != nil {
		t.Fatal(err)
	}
	if n, _ := differing(got, want.Pix); n != 0 {
		t.Errorf("NHWC: %d bytes differ", n)
	}
	p.DoFlipChannelOrder = true
	if _, err := p.ApplyUint8(im, got, NCHW); err != nil {
		t.Fatal(err)
	}
	for i, v := range want.Pix {
		if at := (2-i%3)*1200 + i/3; got[at] != v {
			t.Fatalf("NCHW, BGR: value %d is %d, want %d", at, got[at], v)
		}
	}
}
