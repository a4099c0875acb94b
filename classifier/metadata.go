package classifier

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/sightline/sightline/classifier/classlist"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
)

// timmConfig is timm's pretrained_cfg; see timm.data.resolve_data_config.
type timmConfig struct {
	InputSize     []int     `json:"input_size"` // channels, height, width
	FixedInput    bool      `json:"fixed_input_size"`
	Interpolation string    `json:"interpolation"`
	CropPct       float64   `json:"crop_pct"`
	CropMode      string    `json:"crop_mode"`
	Mean          []float64 `json:"mean"`
	Std           []float64 `json:"std"`
	LabelNames    []string  `json:"label_names"`
}

// fromTimm reads pretrained_cfg from config.json beside the model, or from the
// model's metadata.
func fromTimm(m *onnx.Model) (settings, error) {
	var raw []byte
	source := "pretrained_cfg in the model's metadata"
	var labels []string
	if text, ok := m.Property("pretrained_cfg"); ok {
		raw = []byte(text)
	}
	for _, folder := range configFolders(m.Dir) {
		config, err := readConfig(folder)
		if err != nil {
			return settings{}, err
		}
		if len(config.PretrainedCfg) > 0 && config.PretrainedCfg[0] == '{' {
			raw, source, labels = config.PretrainedCfg, "config.json (timm's pretrained_cfg)", config.LabelNames
			break
		}
	}
	if raw == nil {
		return settings{}, nil
	}
	var c timmConfig
	if err := json.Unmarshal(raw, &c); err != nil {
		return settings{}, fmt.Errorf("%w: timm's pretrained_cfg: %w", ErrPreprocessing, err)
	}
	p, err := c.preprocessing()
	if err != nil {
		return settings{}, fmt.Errorf("%w: timm's pretrained_cfg: %w", ErrPreprocessing, err)
	}
	s := settings{preprocessing: p, source: source, nominal: true}
	if labels == nil {
		labels = c.LabelNames
	}
	if labels != nil {
		s.classes, s.classesSource = labels, source
	}
	return s, nil
}

// preprocessing is timm's evaluation transform: resize the short side to
// floor(size ÷ crop_pct), crop the centre; crop_mode squash stretches instead,
// border resizes the long side and pads.
func (c timmConfig) preprocessing() (*imaging.Preprocessing, error) {
	p, _ := imaging.Preset("imagenet")
	if len(c.InputSize) != 3 {
		return nil, fmt.Errorf("input_size is %v: want channels, height, width", c.InputSize)
	}
	h, w := c.InputSize[1], c.InputSize[2]
	pct := c.CropPct
	if pct == 0 {
		pct = 0.875
	}
	p.CropSize = imaging.Size{Height: h, Width: w}
	switch {
	case c.CropMode == "squash":
		p.Size = imaging.Size{Height: int(float64(h) / pct), Width: int(float64(w) / pct)}
	case c.CropMode == "border":
		return nil, fmt.Errorf("crop_mode border is not supported: describe the preprocessing with --preprocessing FILE")
	case h == w:
		p.Size = imaging.Size{ShortestEdge: int(float64(h) / pct)}
	default:
		p.Size = imaging.Size{ShortestEdge: int(float64(min(h, w)) / pct)}
	}
	if len(c.Mean) > 0 && len(c.Std) > 0 {
		p.ImageMean, p.ImageStd = c.Mean, c.Std
	}
	if c.Interpolation != "" {
		f, err := imaging.ParseFilter(c.Interpolation)
		if err != nil {
			return nil, err
		}
		p.Resample = f
	}
	if c.InputSize[0] == 1 || c.InputSize[0] == 3 {
		p.Channels = c.InputSize[0]
	}
	return &p, p.Validate()
}

// fromUltralytics reads the metadata that Ultralytics' exporters write: names, and task
// and imgsz (YOLOv8 and later) or stride (YOLOv5). The classification transform crops the
// centre square to the input's size and divides by 255; YOLOv5's normalises by ImageNet's
// mean and standard deviation after that.
func fromUltralytics(m *onnx.Model, in Input) (settings, error) {
	task, hasTask := m.Property("task")
	names, hasNames := m.Property("names")
	_, hasStride := m.Property("stride")
	if !hasNames || !hasTask && !hasStride {
		return settings{}, nil
	}
	if hasTask && task != "classify" {
		return settings{}, fmt.Errorf("%w: its metadata says that its task is %q; Sightline works with classification models (task \"classify\")", ErrNotClassifier, task)
	}
	source := "the model's Ultralytics metadata"
	s := settings{source: source, classesSource: source + " (names)", nominal: true}
	p, _ := imaging.Preset("plain")
	h, w := ultralyticsSize(m)
	if !hasTask {
		s.source = "the model's YOLOv5 metadata"
		p, _ = imaging.Preset("imagenet")
		p.Antialias = false
		if in.declaredSize {
			h, w = in.Height, in.Width
		}
	}
	p.Size, p.DoCenterCrop, p.CropSize = imaging.Size{ShortestEdge: min(h, w)}, true, imaging.Size{Height: h, Width: w}
	p.CropRounding = imaging.RoundTorchvision
	s.preprocessing = &p
	var err error
	if s.classes, err = classlist.Python(names); err != nil {
		return s, fmt.Errorf("%w: names in the model's metadata: %w; give them with --classes FILE", ErrClasses, err)
	}
	return s, nil
}

// ultralyticsSize reads imgsz: "[224, 224]" or "224".
func ultralyticsSize(m *onnx.Model) (h, w int) {
	text, _ := m.Property("imgsz")
	parts := strings.Split(strings.Trim(text, "[]() "), ",")
	h, err := strconv.Atoi(strings.TrimSpace(parts[0]))
	if err != nil || h < 1 {
		return 224, 224
	}
	w = h
	if len(parts) > 1 {
		if v, err := strconv.Atoi(strings.TrimSpace(parts[1])); err == nil && v > 0 {
			w = v
		}
	}
	return h, w
}

// fromImageMetadata reads the image properties of the ONNX standard
// (MetadataProps.md): Image.BitmapPixelFormat and Image.NominalPixelRange.
func fromImageMetadata(m *onnx.Model, in Input) (settings, error) {
	format, hasFormat := m.Property("Image.BitmapPixelFormat")
	scale, hasScale := m.Property("Image.NominalPixelRange")
	if !hasFormat && !hasScale {
		return settings{}, nil
	}
	p, _ := imaging.Preset("plain")
	switch scale {
	case "NominalRange_0_255", "":
		p.DoRescale, p.RescaleFactor = false, 1
	case "Normalized_0_1":
	case "Normalized_1_1":
		p, _ = imaging.Preset("keras")
	default:
		return settings{}, fmt.Errorf("%w: the model's metadata has Image.NominalPixelRange %q, which is not supported; describe the preprocessing with --preprocessing FILE", ErrPreprocessing, scale)
	}
	p.DoFlipChannelOrder = in.Channels == 3 && strings.HasPrefix(format, "Bgr")
	return settings{preprocessing: &p, source: "the model's image metadata (Image.*)", nominal: true}, nil
}
