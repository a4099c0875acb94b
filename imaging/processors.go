package imaging

import "strings"

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
