package imaging

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Document is short JSON that ParsePreprocessing reads as settings that do the same as p: one
// line, in the vocabulary of preprocessor_config.json, without what goes without saying.
func (p *Preprocessing) Document() string {
	fields := map[string]any{}
	whole := marshal(p.inEffect())
	_ = json.Unmarshal(whole, &fields) // it was just written
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := fields[name]
		delete(fields, name)
		if q, err := ParsePreprocessing(marshal(fields)); err != nil || name == "size" || !bytes.Equal(marshal(q.inEffect()), whole) {
			fields[name] = value
		}
	}
	return string(marshal(fields))
}

// inEffect is p without settings that change nothing beside the others.
func (p *Preprocessing) inEffect() Preprocessing {
	q := *p
	q.DoConvertRGB = true
	if !q.DoRescale {
		q.RescaleFactor, q.RescaleOffset = 1, false
	}
	if !q.DoNormalize {
		q.ImageMean, q.ImageStd = nil, nil
	}
	if !q.DoCenterCrop {
		q.CropSize = Size{}
	}
	stretched := q.DoResize && q.Size.Width > 0 && q.Size.Height > 0
	if q.CropRounding == "" || stretched && !q.DoCenterCrop && !q.DoPad {
		q.CropRounding = RoundTorchvision
	}
	if !q.tensorflow() {
		q.ResizeLibrary = ""
	}
	return q
}

func marshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers and words
	}
	return data
}
