package main

import (
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/png" // masks
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/trust"
)

// A setting is a model, its photos and how they are prepared; boxes finds the object of a
// photo, nil where nothing tells.
type setting struct {
	model, dataset, preprocessing string
	boxes                         func(folder, file string) (regions.Region, error)
}

const (
	normal = `{"image_mean": [0.485,0.456,0.406], "image_std": [0.229,0.224,0.225]}`
	bgr    = `{"do_rescale": false, "image_mean": [123,117,104], "image_std": [1,1,1], "do_flip_channel_order": true}`
	cifar  = `{"do_rescale": true, "image_mean": [0.4914,0.4822,0.4465], "image_std": [0.2023,0.1994,0.2010]}`
	large  = `{"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}, "image_mean": [0.5,0.5,0.5], "image_std": [0.5,0.5,0.5]}`
	unit   = `{"image_mean": [0.5,0.5,0.5], "image_std": [0.5,0.5,0.5], "resample": 0}`
	plain  = `{"do_rescale": true}`
)

var cases = []setting{
	{"groceries-freiburg-mobilenetv2", "freiburg-groceries", normal, vocBox},
	{"gtsrb-cnn-torch", "gtsrb", plain, signBox},
	{"person-vww-mobilenetv1-nhwc", "clothing-co-parsing", plain, maskBox},
	{"professions-idenprof-squeezenet", "idenprof", bgr, nil},
	{"imagenet-mobilenetv1-0.25-nhwc", "imagenet-samples", large, nil},
	{"cifar10-resnet20-torch", "cifar10", cifar, nil},
	{"cifar10-tinymobilenet-external-data", "cifar10", cifar, nil},
	{"flowers-mobilenetv2-0.35-tf2onnx", "flowers", unit, nil},
	{"steel-v1-fp32", "steel-neu-det", `{"resample": 3, "do_rescale": true}`, nil},
	{"steel-v4-fp32", "steel-neu-det", `{"resample": 3, "do_rescale": true}`, nil},
}

type model struct{ *classifier.Classifier }

func (c setting) open(path string) (*model, error) {
	file, err := os.CreateTemp("", "preprocessing-*.json")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	if _, err := file.WriteString(c.preprocessing); err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	spec, err := classifier.Inspect(context.Background(), path, classifier.Options{Preprocessing: file.Name()})
	if err != nil {
		return nil, err
	}
	opened, err := classifier.Open(spec, 1)
	return &model{opened}, err
}

func (s *model) request(p photo) attribution.Request {
	return attribution.Request{Input: p.input, Geometry: p.geometry, Truth: attribution.NoTruth, Seed: 1}
}

type photo struct {
	input         []float32
	geometry      imaging.Geometry
	width, height int
	region        regions.Region
}

// photos are count of the dataset's, evenly taken; where there are boxes, those of one box
// that is smaller than the photo.
func (c setting) photos(s *model, material string, count int) ([]photo, error) {
	folder := filepath.Join(material, "images", c.dataset)
	f, err := os.Open(filepath.Join(material, "reference", c.model+"__"+c.dataset+".csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	var all []photo
	for _, row := range rows[1:] {
		p, err := c.photo(s, folder, row[0])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row[0], err)
		}
		if c.boxes == nil || p.region != nil && p.region.Area() < 0.7*float64(p.width*p.height) {
			all = append(all, p)
		}
	}
	count = min(count, len(all)) / 2 * 2
	some := make([]photo, count)
	for i := range some {
		some[i] = all[i*len(all)/count]
	}
	return some, nil
}

func (c setting) photo(s *model, folder, file string) (p photo, err error) {
	data, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		return p, err
	}
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		return p, err
	}
	p.width, p.height, p.input = im.Width, im.Height, make([]float32, s.InputLen())
	if p.geometry, err = s.Preprocess(im, p.input); err != nil || c.boxes == nil {
		return p, err
	}
	p.region, err = c.boxes(folder, file)
	return p, err
}

// vocBox is the box of a photo of one product.
func vocBox(folder, file string) (regions.Region, error) {
	name := strings.TrimSuffix(strings.Replace(file, "images/", "annotations/", 1), ".png") + ".xml"
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return nil, nil
	}
	var voc struct {
		Boxes []struct {
			Left   float64 `xml:"bndbox>xmin"`
			Top    float64 `xml:"bndbox>ymin"`
			Right  float64 `xml:"bndbox>xmax"`
			Bottom float64 `xml:"bndbox>ymax"`
		} `xml:"object"`
	}
	if err := xml.Unmarshal(data, &voc); err != nil || len(voc.Boxes) != 1 {
		return nil, err
	}
	b := voc.Boxes[0]
	return regions.Box(b.Left-1, b.Top-1, b.Right, b.Bottom), nil
}

// signBox is a traffic sign's, given in pixels of the photo before it was scaled to 32×32.
func signBox(folder, file string) (regions.Region, error) {
	data, err := os.ReadFile(filepath.Join(folder, "GT-subset.csv"))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSpace(line), ";")
		if cells[0] != filepath.Base(file) {
			continue
		}
		var v [6]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(cells[i+1], 64); err != nil {
				return nil, err
			}
		}
		x, y := 32/v[0], 32/v[1]
		return regions.Box(v[2]*x, v[3]*y, (v[4]+1)*x, (v[5]+1)*y), nil
	}
	return nil, nil
}

// maskBox is the box of the person whose clothes a mask tells.
func maskBox(folder, file string) (regions.Region, error) {
	f, err := os.Open(filepath.Join(folder, "masks", strings.TrimSuffix(filepath.Base(file), ".jpg")+".png"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	im, _, err := image.Decode(f)
	if err != nil {
		return nil, err
	}
	var box image.Rectangle
	for y := range im.Bounds().Dy() {
		for x := range im.Bounds().Dx() {
			if r, _, _, _ := im.At(x, y).RGBA(); r > 0 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return regions.Box(float64(box.Min.X), float64(box.Min.Y), float64(box.Max.X), float64(box.Max.Y)), nil
}

// randomised is the mean rank correlation of maps before and after all weights are drawn
// anew, on eight photos: about 0 for a method that depends on what was learnt.
func randomised(ctx context.Context, s *model, m attribution.Method, photos []photo) (float64, error) {
	file, err := s.File()
	if err != nil {
		return 0, err
	}
	check := trust.Check{
		Model: file, Method: m, Samples: min(6, len(photos)), Seed: 1,
		Sample: func(i int) (attribution.Request, error) { return s.request(photos[i]), nil },
		Load: func(changed *onnx.Model) (attribution.Scorer, func() error, error) {
			if changed == file {
				return s, nil, nil
			}
			other, err := s.With(changed)
			if err != nil {
				return nil, nil, err
			}
			return other, other.Close, nil
		},
	}
	r, err := check.Randomisation(ctx)
	if err != nil {
		return 0, err
	}
	return r.Stages[len(r.Stages)-1].Signed.Mean, nil
}
