package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/onnx"
)

// source says where a model and its photos are in the test material.
type source struct {
	name, model, photos string
	preprocessing       string
	boxes               string   // "": none
	classes             []string // nil: those of the model, whose own head the others start from
	perClass            int      // photos of a class that heads are fitted to; 0: all, and all are looked at
	largest             bool     // features are the largest values over the image, not the means
	decay               float64  // see fitted
}

// professionsOf has five classes, so that one machine can look at many heads. Its features are the
// largest values over the image: of their means a tag in the corner has so small a part that
// hardly a head comes to rely on it.
func professionsOf(material string) source {
	return source{name: "professions", model: filepath.Join(material, "models", "professions-idenprof-squeezenet"),
		photos:        filepath.Join(material, "images", "idenprof", "test"),
		classes:       []string{"chef", "doctor", "engineer", "farmer", "firefighter"},
		preprocessing: `{"do_rescale": false, "image_mean": [123,117,104], "image_std": [1,1,1], "do_flip_channel_order": true}`,
		perClass:      35, largest: true, decay: 1}
}

// groceriesOf has all classes. They have few photos: heads start from the one that the model came
// with, are fitted to bootstraps of all photos, and looked at with all of them.
func groceriesOf(material string) source {
	return source{name: "groceries", model: filepath.Join(material, "models", "groceries-freiburg-mobilenetv2"),
		photos:        filepath.Join(material, "images", "freiburg-groceries", "images"),
		boxes:         filepath.Join(material, "images", "freiburg-groceries", "annotations"),
		preprocessing: `{"image_mean": [0.485,0.456,0.406], "image_std": [0.229,0.224,0.225]}`, decay: 0.03}
}

// photo is a file with its label, and where the object of the label is, if that is known.
type photo struct {
	file  string
	class int
	boxes []dataset.Region
}

// base is a real classifier with its photos: those that heads are fitted to, and those that
// findings are made of.
type base struct {
	source
	fit, look    []photo
	model        *classifier.Classifier
	network      *onnx.Model
	shipped      head // where heads start from: the model's own, or nothing
	cache        *cache
	decodedFiles decoded
}

func open(ctx context.Context, s source) (*base, error) {
	settings, err := os.CreateTemp("", "preprocessing-*.json")
	if err != nil {
		return nil, err
	}
	defer os.Remove(settings.Name())
	if _, err = settings.WriteString(s.preprocessing); err != nil {
		return nil, err
	}
	settings.Close()
	b := &base{source: s}
	path := filepath.Join(s.model, "model.onnx")
	if b.network, err = onnx.ReadFile(path); err != nil {
		return nil, err
	}
	if s.largest {
		if path, err = b.poolLargest(); err != nil {
			return nil, err
		}
	}
	spec, err := classifier.Inspect(ctx, path, classifier.Options{Preprocessing: settings.Name()})
	if err != nil {
		return nil, err
	}
	if b.model, err = classifier.Open(spec, 2); err != nil {
		return nil, err
	}
	if b.shipped, err = shippedHead(b.network, spec.Output.Classes); err != nil {
		return nil, err
	}
	if b.classes == nil {
		b.classes = spec.Classes
	} else {
		b.shipped = newHead(b.shipped.features, len(b.classes))
	}
	if b.cache, err = openCache(s.name, b.network.Marshal(), b.shipped.features); err != nil {
		return nil, err
	}
	return b, b.readPhotos()
}

// poolLargest has the network give the largest values over the image, and writes it to a file.
func (b *base) poolLargest() (string, error) {
	for _, n := range b.network.Graph.Nodes {
		if n.Op == "GlobalAveragePool" {
			n.Op = "GlobalMaxPool"
		}
	}
	dir, err := cacheFolder()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, b.name+".onnx")
	return path, os.WriteFile(path, b.network.Marshal(), 0o644)
}

func (b *base) close() error {
	b.model.Close()
	return b.cache.close()
}

// readPhotos shares the photos out; those that are equal count once.
func (b *base) readPhotos() error {
	seen := map[[32]byte]bool{}
	for class, name := range b.classes {
		files, err := filepath.Glob(filepath.Join(b.photos, name, "*.[jp][pn]g"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("%d photos of %s in %s: %w", len(files), name, b.photos, err)
		}
		slices.Sort(files)
		r := rand.New(rand.NewPCG(11, uint64(class)))
		r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		n := 0
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if digest := sha256.Sum256(data); seen[digest] {
				continue
			} else {
				seen[digest] = true
			}
			p := photo{file: file, class: class}
			if p.boxes, err = b.boxesOf(file, name); err != nil {
				return err
			}
			if n++; b.perClass == 0 || n <= b.perClass {
				b.fit = append(b.fit, p)
			}
			if b.perClass == 0 || n > b.perClass {
				b.look = append(b.look, p)
			}
		}
	}
	return nil
}

// boxesOf reads the boxes of a photo, a Pascal VOC file beside the others of its class.
func (b *base) boxesOf(file, class string) ([]dataset.Region, error) {
	if b.boxes == "" {
		return nil, nil
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)) + ".xml"
	data, err := os.ReadFile(filepath.Join(b.boxes, class, name))
	if err != nil {
		return nil, err
	}
	found, err := dataset.ReadVOC(data)
	return found.Regions, err
}

// shippedHead is the last linear layer of a model of the test material.
func shippedHead(m *onnx.Model, classes int) (head, error) {
	weights, bias := m.Graph.Initializer("head_w"), m.Graph.Initializer("head_b")
	if weights == nil || bias == nil {
		return head{}, fmt.Errorf("the model has no linear head of the names head_w and head_b")
	}
	w, err := weights.Floats()
	if err != nil {
		return head{}, err
	}
	v, err := bias.Floats()
	if err != nil {
		return head{}, err
	}
	h := newHead(len(w)/classes, classes)
	for i, x := range w {
		h.weights[i%classes][i/classes] = float64(x)
	}
	for c, x := range v {
		h.weights[c][h.features] = float64(x)
	}
	return h, nil
}

// withHead is the model as a file with another head.
func (b *base) withHead(h head) ([]byte, error) {
	w, v := make([]float32, h.features*h.classes()), make([]float32, h.classes())
	for c, row := range h.weights {
		for f, x := range row[:h.features] {
			w[f*h.classes()+c] = float32(x)
		}
		v[c] = float32(row[h.features])
	}
	*b.network.Graph.Initializer("head_w") = *onnx.FloatTensor("head_w", w, int64(h.features), int64(h.classes()))
	*b.network.Graph.Initializer("head_b") = *onnx.FloatTensor("head_b", v, int64(h.classes()))
	return b.network.Marshal(), nil
}
