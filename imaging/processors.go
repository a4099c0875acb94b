package imaging

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// processor holds what a preprocessor_config.json leaves unsaid: the defaults of
// the Hugging Face processor that it names.
type processor struct {
	// square: a bare number as size means both sides, not the shortest edge.
	square   bool
	resample Filter
	cropPct  float64
}

// processors lists the image classifiers' processors whose defaults differ from
// shortest edge and bilinear; the names are those of image_processor_type without
// "ImageProcessor", "FeatureExtractor" and "Fast".
var processors = map[string]processor{
	"ViT":          {square: true, resample: Bilinear},
	"DeiT":         {square: true, resample: Bicubic},
	"Beit":         {square: true, resample: Bicubic},
	"Siglip":       {square: true, resample: Bicubic},
	"Pvt":          {square: true, resample: Bilinear},
	"EfficientNet": {square: true, resample: Nearest},
	"Bit":          {resample: Bicubic},
	"CLIP":         {resample: Bicubic},
	"Levit":        {resample: Bicubic},
	"PoolFormer":   {resample: Bicubic, cropPct: 0.9},
	"ConvNext":     {resample: Bilinear, cropPct: 224.0 / 256},
}

// processor returns the defaults for the processor the file names; ok is false
// if it names none that is listed.
func (r *reader) processor() (p processor, name string, ok bool) {
	for _, key := range []string{"image_processor_type", "feature_extractor_type"} {
		if s, isText := r.fields[key].(string); isText {
			name = s
			break
		}
	}
	for _, suffix := range []string{"Fast", "ImageProcessor", "FeatureExtractor"} {
		name = strings.TrimSuffix(name, suffix)
	}
	p, ok = processors[name]
	if !ok {
		p.resample = Bilinear
	}
	return p, name, ok
}

// misspelt refuses a field that is no word of the vocabulary and one slip away
// from one that is: left out silently, it would give a default in its place and
// other predictions. Fields of other kinds are for other programs.
func misspelt(fields map[string]any) error {
	known := vocabulary()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(known, name) {
			continue
		}
		for _, word := range known {
			if oneSlip(name, word) {
				return fmt.Errorf("%s is not a field of it: write %s, or leave it out", name, word)
			}
		}
	}
	return nil
}

// vocabulary lists the fields of a Preprocessing as they are written.
func vocabulary() (names []string) {
	t := reflect.TypeFor[Preprocessing]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// oneSlip reports whether a and b differ by one letter that is missing, wrong
// or swapped with its neighbour.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 1:
		return a[i:] == b[i+1:]
	case 0:
		return i < len(a) && (a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	}
	return false
}
