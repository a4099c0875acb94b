package cam

import (
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/backward"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/internal/phototest"
	"github.com/sightline/sightline/internal/testdata"
)

// libraryPlusPlus is Grad-CAM++ as pytorch-grad-cam computes it.
type libraryPlusPlus struct{ gradCAMPlusPlus }

func (libraryPlusPlus) combine(g Grid, values, gradient, out []float32) {
	plusPlus(g, values, gradient, out, 1e-6)
}

// TestCAMsEqualPytorchGradCAM compares with that library's maps, before ReLU and
// scaling, of two images of five networks. Behind the layers of vgg16 and
// vit_b_16 lies more than an average and a linear layer, and those of vit_b_16 do
// not carry all of the image. The networks have to be exported first, by
// scripts/architectures.sh.
func TestCAMsEqualPytorchGradCAM(t *testing.T) {
	inputs, tensors := testkit.TorchInputs(t), testkit.CAMTensors(t)
	for _, name := range []string{"resnet18", "mobilenet_v2", "efficientnet_b0", "vgg16", "vit_b_16"} {
		t.Run(name, func(t *testing.T) {
			model := testkit.Open(t, testdata.Architecture(t, name))
			ref := testdata.Archive{T: t, Path: filepath.Join(testdata.Dir(t), "torchvision", name+".npz")}
			layer := tensors[name]
			for key, method := range map[string]attribution.Method{
				"gradcam": GradCAM{layer}, "hirescam": HiResCAM{layer}, "layercam": LayerCAM{layer},
				"gradcampp": CAM[libraryPlusPlus]{layer}, "eigencam": EigenCAM{layer},
			} {
				targets := ref.Ints("targets")
				rs := []attribution.Request{testkit.PlainRequest(model, inputs[0]), testkit.PlainRequest(model, inputs[1])}
				maps, errs := method.ExplainBatch(t.Context(), model, rs, []attribution.Target{{Kind: attribution.OneClass, Class: targets[0]}, {Kind: attribution.OneClass, Class: targets[1]}}, nil)
				for i := range rs {
					if errs[i] != nil {
						t.Fatal(errs[i])
					}
					m, want := maps[i][i], backward.Rows(ref.Floats("cam_"+key+"_raw"), i, 2)
					d := testkit.Distance(m.Values, want)
					if key == "eigencam" { // the library's sign is arbitrary
						d = min(d, testkit.Distance(negated(m.Values), want))
					}
					t.Logf("%s of image %d: relative error %.2g", key, i, d)
					if !(d <= 1e-4) {
						t.Errorf("%s of image %d: relative error %.3g", key, i, d)
					}
				}
			}
		})
	}
}

func negated(values []float32) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = -v
	}
	return out
}

// TestGradCAMOfRealModels compares maps of real photos with those made by running
// the graphs in PyTorch, at the layer that is chosen automatically.
func TestGradCAMOfRealModels(t *testing.T) {
	for _, c := range []struct {
		name, folder string
		pixel        func(c int, v float32) (channel int, value float32)
	}{
		{"groceries-freiburg-mobilenetv2", "freiburg-groceries", func(c int, v float32) (int, float32) {
			return c, (v/255 - []float32{0.485, 0.456, 0.406}[c]) / []float32{0.229, 0.224, 0.225}[c]
		}},
		{"professions-idenprof-squeezenet", "idenprof", func(c int, v float32) (int, float32) {
			return 2 - c, v - []float32{123, 117, 104}[c]
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := testdata.Dir(t)
			model := testkit.Open(t, filepath.Join(dir, "models", c.name, "model.onnx"))
			ref := testdata.Archive{T: t, Path: filepath.Join(dir, "gradients", c.name+".npz")}
			classes := ref.Ints("target")
			var rs []attribution.Request
			for _, file := range ref.Texts("files", len(classes)) {
				rs = append(rs, testkit.PlainRequest(model, photo(t, filepath.Join(dir, "images", c.folder, file), c.pixel)))
			}
			maps, errs := GradCAM{}.ExplainBatch(t.Context(), model, rs, []attribution.Target{{}}, nil)
			for i, class := range classes {
				if errs[i] != nil {
					t.Fatal(errs[i])
				}
				m := maps[i][0]
				if layer := ref.Texts("feature", 1)[0]; m.Layer != layer || m.TargetIndex != class {
					t.Errorf("photo %d: layer %s, class %d; want %s, %d", i, m.Layer, m.TargetIndex, layer, class)
				}
				if d := testkit.Distance(rectified(m.Values), backward.Rows(ref.Floats("gradcam"), i, len(classes))); !(d <= 1e-4) {
					t.Errorf("photo %d: relative error %.3g", i, d)
				}
			}
		})
	}
}

func rectified(values []float32) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = max(v, 0)
	}
	return out
}

// photo reads an image as float32 planes; pixel is the model's preprocessing of a
// value of channel c, red first.
func photo(t testing.TB, path string, pixel func(c int, v float32) (int, float32)) []float32 {
	t.Helper()
	im := phototest.Decode(t, path)
	plane := im.Width * im.Height
	x := make([]float32, 3*plane)
	for i, v := range im.Pix {
		c, value := pixel(i%3, float32(v))
		x[c*plane+i/3] = value
	}
	return x
}
