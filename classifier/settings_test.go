package classifier_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/classifier/classlist"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/onnx"
)

// write puts files beside the model at path.
func write(t *testing.T, path string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// source returns where the setting called name came from.
func source(s *classifier.Spec, name string) string {
	for _, p := range s.Provenance {
		if p.Name == name {
			return p.Source
		}
	}
	return "?"
}

const hfConfig = `{"do_resize": true, "size": {"height": 8, "width": 8}, "resample": 3, "do_normalize": true, "image_mean": [0.1,0.2,0.3], "image_std": [1,1,1], "do_rescale": true}`

const timmConfig = `{"architecture": "tiny", "label_names": ["x","y","z"], "pretrained_cfg": {"input_size": [3,8,8], "interpolation": "bicubic", "crop_pct": 0.8, "mean": [0.4,0.5,0.6], "std": [0.1,0.2,0.3]}}`

func TestSourcesInOrder(t *testing.T) {
	ultralytics := []onnx.Property{{Key: "task", Value: "classify"}, {Key: "imgsz", Value: "[8, 8]"}, {Key: "names", Value: `{0: 'ant', 1: "bee's", 2: 'cat'}`}}
	for _, c := range []struct {
		name     string
		options  testmodel.Options
		files    map[string]string
		asked    classifier.Options
		settings string // source of the values
		names    string // source of the classes
		classes  []string
		mean     []float64
	}{
		{"nothing", testmodel.Options{}, nil, classifier.Options{}, "default (preset imagenet)", "default", []string{"class 0", "class 1", "class 2"}, []float64{0.485, 0.456, 0.406}},
		{"nothing, of TensorFlow", testmodel.Options{NHWC: true}, nil, classifier.Options{}, "default (preset keras)", "default", []string{"class 0", "class 1", "class 2"}, []float64{0.5, 0.5, 0.5}},
		{"labels.txt", testmodel.Options{}, map[string]string{"labels.txt": "a\nb\nc\n"}, classifier.Options{}, "default (preset imagenet)", "labels.txt beside the model", []string{"a", "b", "c"}, []float64{0.485, 0.456, 0.406}},
		{"classes.txt", testmodel.Options{}, map[string]string{"classes.txt": "\ufeffa\r\nb\r\nc"}, classifier.Options{}, "default (preset imagenet)", "classes.txt beside the model", []string{"a", "b", "c"}, []float64{0.485, 0.456, 0.406}},
		{"Hugging Face", testmodel.Options{Metadata: ultralytics}, map[string]string{"preprocessor_config.json": hfConfig, "config.json": `{"id2label": {"2": "c", "0": "a", "1": "b"}}`, "labels.txt": "no\n"}, classifier.Options{}, "preprocessor_config.json", "config.json (id2label)", []string{"a", "b", "c"}, []float64{0.1, 0.2, 0.3}},
		{"placeholder names", testmodel.Options{}, map[string]string{"config.json": `{"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}}`, "labels.txt": "a\nb\nc"}, classifier.Options{}, "default (preset imagenet)", "labels.txt beside the model", []string{"a", "b", "c"}, []float64{0.485, 0.456, 0.406}},
		{"timm", testmodel.Options{}, map[string]string{"config.json": timmConfig}, classifier.Options{}, "config.json (timm's pretrained_cfg)", "config.json (timm's pretrained_cfg)", []string{"x", "y", "z"}, []float64{0.4, 0.5, 0.6}},
		{"timm in metadata", testmodel.Options{Metadata: []onnx.Property{{Key: "pretrained_cfg", Value: `{"input_size": [3,224,224], "mean": [0.4,0.5,0.6], "std": [1,1,1]}`}}}, nil, classifier.Options{}, "pretrained_cfg in the model's metadata", "default", []string{"class 0", "class 1", "class 2"}, []float64{0.4, 0.5, 0.6}},
		{"Ultralytics", testmodel.Options{Metadata: ultralytics}, map[string]string{"labels.txt": "no\n"}, classifier.Options{}, "the model's Ultralytics metadata", "the model's Ultralytics metadata (names)", []string{"ant", "bee's", "cat"}, nil},
		{"preset", testmodel.Options{}, map[string]string{"preprocessor_config.json": hfConfig}, classifier.Options{Preprocessing: "keras"}, "--preprocessing keras", "default", []string{"class 0", "class 1", "class 2"}, []float64{0.5, 0.5, 0.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := testmodel.Write(t, c.options)
			write(t, path, c.files)
			s := inspect(t, path, c.asked)
			if got := source(s, "values"); got != c.settings {
				t.Errorf("preprocessing from %q, want %q", got, c.settings)
			}
			if got := source(s, "classes"); got != c.names {
				t.Errorf("classes from %q, want %q", got, c.names)
			}
			if !slices.Equal(s.Classes, c.classes) || !slices.Equal(s.Preprocessing.ImageMean, c.mean) {
				t.Errorf("classes %q, mean %v; want %q, %v", s.Classes, s.Preprocessing.ImageMean, c.classes, c.mean)
			}
			if guessed := strings.HasPrefix(c.settings, "default"); guessed != warns(s, "nothing says how") {
				t.Errorf("warnings %q for settings from %q", s.Warnings, c.settings)
			}
			if w, h := s.Preprocessing.OutputSize(); w != 8 || h != 8 {
				t.Errorf("preprocessing gives %d×%d, the model takes 8×8", w, h)
			}
		})
	}
}

func warns(s *classifier.Spec, text string) bool {
	return slices.ContainsFunc(s.Warnings, func(w string) bool { return strings.Contains(w, text) })
}

func TestTimmTransform(t *testing.T) {
	path := testmodel.Write(t, testmodel.Options{})
	write(t, path, map[string]string{"config.json": timmConfig})
	p := inspect(t, path, classifier.Options{}).Preprocessing
	if p.Size.ShortestEdge != 10 || p.CropSize != (imaging.Size{Height: 8, Width: 8}) || p.Resample != imaging.Bicubic {
		t.Errorf("resize %+v, crop %+v, filter %v; want short side 10 (8 ÷ 0.8), crop 8×8, bicubic", p.Size, p.CropSize, p.Resample)
	}
}

func TestFreeSizeComesFromThePreprocessing(t *testing.T) {
	path := testmodel.Write(t, testmodel.Options{Side: -1})
	file := filepath.Join(t.TempDir(), "pre.yaml")
	if err := os.WriteFile(file, []byte("size: {height: 24, width: 20}\nresample: 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := inspect(t, path, classifier.Options{Preprocessing: file})
	if s.Input.Height != 24 || s.Input.Width != 20 || source(s, "input size") != "--preprocessing pre.yaml" {
		t.Errorf("input %d×%d from %q", s.Input.Height, s.Input.Width, source(s, "input size"))
	}
}

func TestImageMetadata(t *testing.T) {
	m := []onnx.Property{{Key: "Image.BitmapPixelFormat", Value: "Bgr8"}, {Key: "Image.NominalPixelRange", Value: "NominalRange_0_255"}}
	s := inspect(t, testmodel.Write(t, testmodel.Options{Metadata: m}), classifier.Options{})
	if p := s.Preprocessing; p.DoRescale || p.DoNormalize || !p.DoFlipChannelOrder {
		t.Errorf("metadata says BGR from 0 to 255; got %+v", p)
	}
}

func TestSettingsThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		name    string
		options testmodel.Options
		files   map[string]string
		asked   classifier.Options
		want    error
		says    string
	}{
		{"class count", testmodel.Options{}, map[string]string{"labels.txt": "a\nb\n"}, classifier.Options{}, classifier.ErrClasses, "names 2 classes and the model gives 3 scores"},
		{"background class", testmodel.Options{Classes: 4}, map[string]string{"classes.txt": "a\nb\nc\n"}, classifier.Options{}, classifier.ErrClasses, "or --background if the model's first class"},
		{"list with a background class", testmodel.Options{}, map[string]string{"classes.txt": "background\na\nb\nc\n"}, classifier.Options{}, classifier.ErrClasses, "or --background if the model has none"},
		{"two names too few", testmodel.Options{Classes: 5}, map[string]string{"classes.txt": "a\nb\nc\n"}, classifier.Options{Background: true}, classifier.ErrClasses, "names 3 classes and the model gives 5 scores; give the right list with --classes FILE"},
		{"one name too many, and none of a background", testmodel.Options{}, map[string]string{"classes.txt": "a\nb\nc\nd\n"}, classifier.Options{Background: true}, classifier.ErrClasses, "names 4 classes and the model gives 3 scores; give the right list"},
		{"no class file", testmodel.Options{}, nil, classifier.Options{Classes: "nowhere.txt"}, os.ErrNotExist, "nowhere.txt"},
		{"gap in indices", testmodel.Options{}, map[string]string{"config.json": `{"id2label": {"0": "a", "1": "b", "3": "c"}}`}, classifier.Options{}, classifier.ErrClasses, "indices"},
		{"no preset", testmodel.Options{}, nil, classifier.Options{Preprocessing: "imagent"}, classifier.ErrPreprocessing, "imagenet, keras"},
		{"wrong size", testmodel.Options{}, map[string]string{"preprocessor_config.json": `{"size": {"height": 9, "width": 9}}`}, classifier.Options{}, classifier.ErrPreprocessing, "9×9"},
		{"damaged config", testmodel.Options{}, map[string]string{"config.json": `{`}, classifier.Options{}, classifier.ErrPreprocessing, "config.json"},
		{"Ultralytics detector", testmodel.Options{Metadata: []onnx.Property{{Key: "task", Value: "detect"}, {Key: "names", Value: "{0: 'a'}"}}}, nil, classifier.Options{}, classifier.ErrNotClassifier, `"detect"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := testmodel.Write(t, c.options)
			write(t, path, c.files)
			_, err := classifier.Inspect(context.Background(), path, c.asked)
			wantError(t, err, c.want, c.says)
		})
	}
}

// TestBackgroundClass has names and scores differ by a background class: with the option they
// fit, and ids of WordNet stay with their names.
func TestBackgroundClass(t *testing.T) {
	const synsets = "n01440764 tench\nn01443537 goldfish\nn01484850 shark\n"
	for _, c := range []struct {
		scores  int
		names   string
		classes []string
		ids     []string
	}{
		{4, "a\nb\nc\n", []string{"background", "a", "b", "c"}, nil},
		{4, synsets, []string{"background", "tench", "goldfish", "shark"}, []string{"", "n01440764", "n01443537", "n01484850"}},
		{3, "background\na\nb\nc\n", []string{"a", "b", "c"}, nil},
		{3, "a\nb\nc\n__background__\n", []string{"a", "b", "c"}, nil},
		{4, "background\na\nb\nc\n", []string{"background", "a", "b", "c"}, nil},
	} {
		path := testmodel.Write(t, testmodel.Options{Classes: c.scores})
		write(t, path, map[string]string{"classes.txt": c.names})
		s := inspect(t, path, classifier.Options{Background: true})
		if !slices.Equal(s.Classes, c.classes) || !slices.Equal(s.ClassIDs, c.ids) {
			t.Errorf("%d scores, names %q: %q %q", c.scores, c.names, s.Classes, s.ClassIDs)
		}
		if m := s.Match([]string{"", "n01443537", "b"}, nil); c.ids != nil && (m.Index["n01443537"] != 2 || len(m.Index) != 1) {
			t.Errorf("ids match %v", m.Index)
		}
	}
}

// TestMatchLabelsAsksWhatWasMeant: a name that differs by a hyphen is not taken for the class, and
// the class is named.
func TestMatchLabelsAsksWhatWasMeant(t *testing.T) {
	m := classlist.MatchLabels([]string{"T-shirt", "sweater"}, []string{"tshirt", "t_shirt", "coat", "--"}, nil)
	if len(m.Index) != 0 || len(m.Unknown) != 4 {
		t.Fatalf("%+v", m)
	}
	for i, asks := range []bool{true, true, false, false} {
		if got := strings.Contains(m.Unknown[i].Reason, `did you mean "T-shirt"?`); got != asks {
			t.Errorf("%s: %s", m.Unknown[i].Label, m.Unknown[i].Reason)
		}
	}
}

func TestMatchLabels(t *testing.T) {
	classes := []string{"crane", "ice cream", "crane", "7", "Ice_Lolly"}
	m := classlist.MatchLabels(classes, []string{"crane", "ice_cream", "ICE LOLLY", "7", "1", "bus", "second crane", "99", "icelolly "},
		map[string]string{"second crane": "2", "unused": "1"})
	want := map[string]int{"ice_cream": 1, "ICE LOLLY": 4, "7": 3, "1": 1, "second crane": 2, "icelolly ": 4}
	if len(m.Index) != len(want) {
		t.Errorf("matched %v, want %v", m.Index, want)
	}
	for label, i := range want {
		if got, ok := m.Index[label]; !ok || got != i {
			t.Errorf("label %q: %d %v, want %d", label, got, ok, i)
		}
	}
	if len(m.Ambiguous) != 1 || m.Ambiguous[0].Label != "crane" || !strings.Contains(m.Ambiguous[0].Reason, "0, 2") {
		t.Errorf("ambiguous: %+v", m.Ambiguous)
	}
	if len(m.Unknown) != 2 || m.Unknown[0].Label != "bus" || m.Unknown[1].Label != "99" {
		t.Errorf("unknown: %+v", m.Unknown)
	}
}
