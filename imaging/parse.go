package imaging

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// ParsePreprocessing reads a Hugging Face preprocessor_config.json, the same as
// YAML, or the JSON of a Preprocessing. It knows the vocabulary's older spellings
// (size: 224, crop_size: 224), ignores fields that do not bear on evaluation (but not misspelt ones), and
// follows the named processor's defaults where a field is missing (see
// processors.go): do_* are true if what they need is given, rescale_factor is
// 1/255, crops round down unless crop_rounding says otherwise.
func ParsePreprocessing(data []byte) (Preprocessing, error) {
	p, _, err := ParsePreprocessingFields(data)
	return p, err
}

// ParsePreprocessingFields is ParsePreprocessing, and also returns the names of
// the fields that the file itself gave, sorted.
func ParsePreprocessingFields(data []byte) (Preprocessing, []string, error) {
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		if yamlErr := yaml.Unmarshal(data, &fields); yamlErr != nil {
			return Preprocessing{}, nil, fmt.Errorf("preprocessing is neither JSON (%w) nor YAML (%w)", err, yamlErr)
		}
	}
	if err := misspelt(fields); err != nil {
		return Preprocessing{}, nil, fmt.Errorf("preprocessing: %w", err)
	}
	r := reader{fields: fields}
	p := r.preprocessing()
	if r.err != nil {
		return Preprocessing{}, nil, fmt.Errorf("preprocessing: %w", r.err)
	}
	if len(r.used) == 0 {
		return Preprocessing{}, nil, fmt.Errorf("preprocessing: none of its fields is known: write size, resample, image_mean, image_std, … as in preprocessor_config.json")
	}
	if err := p.Validate(); err != nil {
		return Preprocessing{}, nil, fmt.Errorf("preprocessing: %w", err)
	}
	slices.Sort(r.used)
	return p, r.used, nil
}

// reader takes typed values out of a parsed document and keeps the first error.
type reader struct {
	fields map[string]any
	used   []string
	err    error
}

func (r *reader) get(name string) (any, bool) {
	v, ok := r.fields[name]
	if !ok || v == nil {
		return nil, false
	}
	r.used = append(r.used, name)
	return v, true
}

func (r *reader) fail(name string, v any, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s is %v: it must be %s", name, v, want)
	}
}

func (r *reader) boolean(name string, missing bool) bool {
	v, ok := r.get(name)
	if !ok {
		return missing
	}
	b, ok := v.(bool)
	if !ok {
		r.fail(name, v, "true or false")
	}
	return b
}

func (r *reader) number(name string, missing float64) float64 {
	v, ok := r.get(name)
	if !ok {
		return missing
	}
	n, ok := toNumber(v)
	if !ok {
		r.fail(name, v, "a number")
	}
	return n
}

func (r *reader) text(name string) string {
	v, ok := r.get(name)
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		r.fail(name, v, "a text")
	}
	return s
}

func toNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case int:
		return float64(v), true
	}
	return 0, false
}

func (r *reader) numbers(name string) []float64 {
	v, ok := r.get(name)
	if !ok {
		return nil
	}
	if n, ok := toNumber(v); ok {
		return []float64{n}
	}
	list, ok := v.([]any)
	out := make([]float64, len(list))
	for i := range list {
		var isNumber bool
		out[i], isNumber = toNumber(list[i])
		ok = ok && isNumber
	}
	if !ok {
		r.fail(name, v, "a list of numbers")
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// size reads {height, width}, {shortest_edge}, {longest_edge}, [h, w], or one
// number, which means the shortest edge or a square.
func (r *reader) size(name string, square bool) Size {
	v, ok := r.get(name)
	if !ok {
		return Size{}
	}
	if n, ok := toNumber(v); ok {
		if square {
			return Size{Height: int(n), Width: int(n)}
		}
		return Size{ShortestEdge: int(n)}
	}
	var s Size
	switch v := v.(type) {
	case map[string]any:
		for key, side := range map[string]*int{"height": &s.Height, "width": &s.Width, "shortest_edge": &s.ShortestEdge, "longest_edge": &s.LongestEdge} {
			n, ok := toNumber(v[key])
			if !ok && v[key] != nil {
				r.fail(name+"."+key, v[key], "a number")
			}
			*side = int(n)
		}
	case []any:
		if h, w, ok := pair(v); ok {
			return Size{Height: h, Width: w}
		}
		r.fail(name, v, "[height, width]")
	default:
		r.fail(name, v, "{height, width} or {shortest_edge}")
	}
	return s
}

func pair(v []any) (int, int, bool) {
	if len(v) != 2 {
		return 0, 0, false
	}
	a, okA := toNumber(v[0])
	b, okB := toNumber(v[1])
	return int(a), int(b), okA && okB
}

func (r *reader) filter(missing Filter) Filter {
	v, ok := r.get("resample")
	if !ok {
		if v, ok = r.get("interpolation"); !ok {
			return missing
		}
	}
	if s, ok := v.(string); ok {
		f, err := ParseFilter(s)
		if err != nil && r.err == nil {
			r.err = err
		}
		return f
	}
	n, ok := toNumber(v)
	if !ok {
		r.fail("resample", v, "a number of PIL's or a filter's name")
	}
	return Filter(n)
}

func (r *reader) preprocessing() Preprocessing {
	known, name, listed := r.processor()
	crop := r.size("crop_size", true)
	if crop.ShortestEdge > 0 {
		crop = Size{Height: crop.ShortestEdge, Width: crop.ShortestEdge}
	}
	doCrop := r.boolean("do_center_crop", crop != Size{})
	cropPct := r.number("crop_pct", known.cropPct)
	p := Preprocessing{
		ApplyEXIFOrientation: r.boolean("apply_exif_orientation", false),
		DoConvertRGB:         r.boolean("do_convert_rgb", true),
		Channels:             int(r.number("channels", 3)),
		// What a bare number means depends on the processor; without its name, the
		// shortest edge where something is cropped afterwards, else a square.
		Size:               r.size("size", known.square || !listed && !doCrop && cropPct == 0),
		CropPct:            cropPct,
		Resample:           r.filter(known.resample),
		Antialias:          r.boolean("antialias", true),
		ResizeLibrary:      r.text("resize_library"),
		DoCenterCrop:       doCrop,
		CropSize:           crop,
		CropRounding:       RoundHuggingFace,
		DoPad:              r.boolean("do_pad", false),
		PadSize:            r.size("pad_size", true),
		PadValue:           uint8(r.number("pad_value", 0)),
		DoRescale:          r.boolean("do_rescale", true),
		RescaleFactor:      r.number("rescale_factor", 1.0/255),
		RescaleOffset:      r.boolean("rescale_offset", false),
		ImageMean:          r.numbers("image_mean"),
		ImageStd:           r.numbers("image_std"),
		DoFlipChannelOrder: r.boolean("do_flip_channel_order", false),
	}
	p.DoResize = r.boolean("do_resize", p.Size != Size{})
	p.DoNormalize = r.boolean("do_normalize", p.ImageMean != nil && p.ImageStd != nil)
	if s := r.text("crop_rounding"); s != "" {
		p.CropRounding = Rounding(s)
	}
	r.peculiarities(name, &p)
	r.meanOrder(&p)
	return p
}

// meanOrder turns means and deviations that are given in the order of the model's own BGR input
// into red, green, blue, which is the order kept.
func (r *reader) meanOrder(p *Preprocessing) {
	switch order := strings.ToLower(r.text("image_mean_order")); order {
	case "", "rgb":
	case "bgr":
		slices.Reverse(p.ImageMean)
		slices.Reverse(p.ImageStd)
	default:
		r.fail("image_mean_order", order, "rgb, the order without this key, or bgr")
	}
}

// peculiarities expresses what single processors do beyond the vocabulary.
func (r *reader) peculiarities(name string, p *Preprocessing) {
	if name == "Levit" && p.Size.ShortestEdge > 0 {
		p.Size.ShortestEdge = p.Size.ShortestEdge * 256 / 224
	}
	if r.boolean("include_top", false) && p.DoNormalize { // EfficientNet divides twice
		for i, s := range p.ImageStd {
			p.ImageStd[i] = s * s
		}
	}
	if p.Size.ShortestEdge == 0 {
		p.CropPct = 0
	}
}
