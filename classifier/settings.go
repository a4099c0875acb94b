package classifier

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sightline/sightline/classifier/classlist"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/onnx"
)

// Settings found for a model: how to prepare images, what the classes are called.
type settings struct {
	preprocessing *imaging.Preprocessing
	source        string // of the preprocessing
	// nominal settings are for a kind of model, not for this file: sizes that
	// differ from the file's are adapted instead of refused.
	nominal bool

	classes       []string
	classIDs      []string // WordNet's, where the source has them
	classesSource string
}

// take fills what is still missing from other.
func (s *settings) take(other settings) {
	if s.preprocessing == nil && other.preprocessing != nil {
		s.preprocessing, s.source, s.nominal = other.preprocessing, other.source, other.nominal
	}
	if s.classes == nil && other.classes != nil {
		s.classes, s.classIDs, s.classesSource = other.classes, other.classIDs, other.classesSource
	}
}

// findSettings asks the sources in order: the user's options, Hugging Face's files
// beside the model, timm's pretrained_cfg, Ultralytics' and ONNX's image metadata,
// labels.txt or classes.txt.
func findSettings(m *onnx.Model, in Input, o Options) (settings, error) {
	s, err := fromOptions(o, in)
	if err != nil {
		return s, err
	}
	for _, source := range []func() (settings, error){
		func() (settings, error) { return fromHuggingFace(m.Dir, in) },
		func() (settings, error) { return fromTimm(m) },
		func() (settings, error) { return fromUltralytics(m, in) },
		func() (settings, error) { return fromImageMetadata(m, in) },
		func() (settings, error) { return fromZipMap(m) },
		func() (settings, error) { return fromLabelFiles(m.Dir) },
	} {
		found, err := source()
		if err != nil && !o.settles(err) {
			return s, err
		}
		s.take(found)
	}
	return s, nil
}

// settles reports whether the user gave what could not be read elsewhere.
func (o Options) settles(err error) bool {
	return o.Classes != "" && errors.Is(err, ErrClasses) || o.Preprocessing != "" && errors.Is(err, ErrPreprocessing)
}

func fromOptions(o Options, in Input) (settings, error) {
	var s settings
	if o.Preprocessing != "" {
		s.source = "--preprocessing " + filepath.Base(o.Preprocessing)
		if p, ok := imaging.Preset(o.Preprocessing); ok {
			s.preprocessing, s.nominal = &p, true
		} else if strings.HasPrefix(o.Preprocessing, "{") {
			p, err := imaging.ParsePreprocessing(withSize([]byte(o.Preprocessing), in))
			if err != nil {
				return s, fmt.Errorf("%w: --preprocessing: %w", ErrPreprocessing, err)
			}
			s.preprocessing, s.source = &p, "--preprocessing, as JSON"
		} else {
			p, err := readPreprocessing(o.Preprocessing, in)
			if errors.Is(err, fs.ErrNotExist) {
				return s, fmt.Errorf("%w: there is no file %s, and the presets are %s", ErrPreprocessing, o.Preprocessing, strings.Join(imaging.Presets(), ", "))
			}
			if err != nil {
				return s, err
			}
			s.preprocessing = p
		}
	}
	if o.Classes != "" {
		names, ids, err := readClasses(o.Classes)
		if err != nil {
			return s, err
		}
		s.classes, s.classIDs, s.classesSource = names, ids, "--classes "+filepath.Base(o.Classes)
	}
	return s, nil
}

// readPreprocessing reads a file in the vocabulary of preprocessor_config.json. A
// size the file does not give is the model's input.
func readPreprocessing(path string, in Input) (*imaging.Preprocessing, error) {
	b, err := readText(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPreprocessing, err)
	}
	p, err := imaging.ParsePreprocessing(withSize(b, in))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrPreprocessing, path, err)
	}
	return &p, nil
}

// mostText is the size above which a file holds no settings or names of classes.
const mostText = 64 << 20

// readText reads a file of settings or names: a regular one, without waiting for a pipe.
func readText(path string) ([]byte, error) { return files.Read(path, mostText) }

// fromHuggingFace reads preprocessor_config.json and config.json's id2label beside
// the model, or one folder up from a folder called onnx, where Optimum puts models.
func fromHuggingFace(dir string, in Input) (settings, error) {
	var s settings
	for _, folder := range configFolders(dir) {
		path := filepath.Join(folder, "preprocessor_config.json")
		if _, err := os.Stat(path); err == nil && s.preprocessing == nil {
			p, err := readPreprocessing(path, in)
			if err != nil {
				return s, err
			}
			s.preprocessing, s.source = p, "preprocessor_config.json"
		}
		config, err := readConfig(folder)
		if err != nil {
			return s, err
		}
		if len(config.ID2Label) > 0 && s.classes == nil {
			names, err := classlist.ByIndex(config.ID2Label)
			if err != nil {
				return s, fmt.Errorf("%w: id2label of config.json: %w", ErrClasses, err)
			}
			if !generic(names) {
				s.classes, s.classesSource = names, "config.json (id2label)"
			}
		}
	}
	return s, nil
}

func configFolders(dir string) []string {
	if filepath.Base(dir) == "onnx" {
		return []string{dir, filepath.Dir(dir)}
	}
	return []string{dir}
}

// generic reports whether the names are the placeholders LABEL_0, LABEL_1, …
func generic(names []string) bool {
	for i, name := range names {
		if name != fmt.Sprintf("LABEL_%d", i) {
			return false
		}
	}
	return true
}

// hfConfig is what is used of a config.json, of Hugging Face's or timm's.
type hfConfig struct {
	ID2Label      map[string]any  `json:"id2label"`
	PretrainedCfg json.RawMessage `json:"pretrained_cfg"`
	LabelNames    []string        `json:"label_names"`
}

// readConfig reads config.json in folder; there need not be one.
func readConfig(folder string) (hfConfig, error) {
	var c hfConfig
	b, err := readText(filepath.Join(folder, "config.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read the settings beside the model: %w", err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("%w: %s: %w; correct the file or move it elsewhere", ErrPreprocessing, filepath.Join(folder, "config.json"), err)
	}
	return c, nil
}

func fromLabelFiles(dir string) (settings, error) {
	for _, name := range []string{"labels.txt", "classes.txt"} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		names, ids, err := readClasses(path)
		return settings{classes: names, classIDs: ids, classesSource: name + " beside the model"}, err
	}
	return settings{}, nil
}
