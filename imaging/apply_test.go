package imaging

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
)

// recipes are the settings that testdata/tensors.py re-tells in Python.
func recipes() map[string]Preprocessing {
	imagenet, _ := Preset("imagenet")
	keras, _ := Preset("keras")
	caffe, _ := Preset("caffe")
	plain, _ := Preset("plain")
	grey := plain.WithInput(96, 96, 1)
	padded := imagenet
	padded.Size, padded.Resample = Size{ShortestEdge: 101}, Lanczos
	paddedHF := padded
	paddedHF.CropRounding = RoundHuggingFace
	hf := imagenet
	hf.Size, hf.Resample, hf.CropRounding = Size{ShortestEdge: 231}, Bicubic, RoundHuggingFace
	hf.RescaleFactor = 0.00392156862745098
	hf.ImageMean, hf.ImageStd = []float64{0.5, 0.4, 0.3}, []float64{0.5, 0.25, 0.2}
	convnext := imagenet
	convnext.Size, convnext.CropPct = Size{ShortestEdge: 224}, 0.875
	convnext.DoCenterCrop, convnext.Resample, convnext.CropRounding = false, Bicubic, RoundHuggingFace
	tensorflow := plain.WithInput(192, 160, 3)
	tensorflow.Antialias, tensorflow.ResizeLibrary = false, "tensorflow"
	tensorflowBicubic := tensorflow
	tensorflowBicubic.Resample = Bicubic
	return map[string]Preprocessing{
		"imagenet": imagenet, "imagenet_library": imagenet, "keras": keras, "caffe": caffe, "plain": plain, "grey": grey,
		"padded": padded, "padded_huggingface": paddedHF, "huggingface": hf, "convnext": convnext,
		"torch_half_pixel": tensorflow, "tensorflow_bilinear": tensorflow, "tensorflow_bicubic": tensorflowBicubic,
	}
}

// TestApplyEqualsTorch compares model inputs made from real photos and from the
// corpus with those of torch and torchvision: at most 1e-6 apart, relative to
// values above 1 (caffe's reach 150).
func TestApplyEqualsTorch(t *testing.T) {
	needPython(t, "PIL, numpy, torch")
	var files []string
	for _, c := range corpus(t) {
		if c.Exact && (c.Name == "jpeg-baseline-420-227x149" || c.Name == "jpeg-grey-33x31" || c.Name == "png-rgba" || c.Name == "jpeg-progressive-422-640x3" || c.Name == "jpeg-cmyk-7x5") {
			files = append(files, c.File)
		}
	}
	if dir, ok := testdata.Look(t); ok {
		some, _ := filepath.Glob(filepath.Join(dir, "images/imagenet-samples/*.JPEG"))
		files = append(files, everyNth(some, 20)...)
	}
	all := recipes()
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	var results []struct{ File, Recipe, Tensor string }
	runOracle(t, "tensors.py", map[string]any{"dir": t.TempDir(), "files": files, "recipes": names}, &results)
	worst := map[string]float64{}
	for _, r := range results {
		p := all[r.Recipe]
		im, err := Decode(readFile(t, r.File), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		want := readFloats(t, r.Tensor)
		for _, layout := range []Layout{NCHW, NHWC} {
			got := make([]float32, len(want))
			if _, err := p.Apply(im, got, layout); err != nil {
				t.Fatal(err)
			}
			d := farthest(got, want, p.Channels, layout)
			worst[r.Recipe] = max(worst[r.Recipe], d)
			if d > tolerance(r.Recipe) {
				t.Errorf("%s of %s, %s: %g apart", r.Recipe, filepath.Base(r.File), layout, d)
			}
		}
	}
	t.Logf("largest differences: %v", worst)
}

// tolerance is 1e-6, except against torch's own float32 arithmetic without
// antialiasing, whose positions round differently from TensorFlow's.
func tolerance(recipe string) float64 {
	if recipe == "torch_half_pixel" {
		return 0.02
	}
	return 1e-6
}

// farthest returns the largest |got−want| / max(1, |want|); want is CHW.
func farthest(got, want []float32, channels int, layout Layout) float64 {
	n := len(want) / channels
	worst := 0.0
	for i, w := range want {
		at := i
		if layout == NHWC {
			at = i%n*channels + i/n
		}
		d := math.Abs(float64(got[at])-float64(w)) / max(1, math.Abs(float64(w)))
		if math.IsNaN(d) {
			return math.Inf(1)
		}
		worst = max(worst, d)
	}
	return worst
}

func readFloats(t testing.TB, path string) []float32 {
	t.Helper()
	data := readFile(t, path)
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return values
}
