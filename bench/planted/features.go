package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sightline/sightline/bench/internal/floor"
	"github.com/sightline/sightline/imaging"
)

// decoded keeps the photos, as they are and with something planted.
type decoded struct {
	mu    sync.Mutex
	known map[string]*imaging.Image
}

// plantMark stands between the name of a file and that of what is planted in it.
const plantMark = "#"

// image is a photo, with what its name says is planted in it.
func (b *base) image(file string) (*imaging.Image, error) {
	d := &b.decodedFiles
	d.mu.Lock()
	im := d.known[file]
	d.mu.Unlock()
	if im != nil {
		return im, nil
	}
	path, planted, marked := strings.Cut(file, plantMark)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if im, err = imaging.Decode(data, imaging.Limits{}); err != nil {
		return nil, err
	}
	if marked {
		if im, err = plantIn(im, planted); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil {
		d.known = map[string]*imaging.Image{}
	}
	d.known[file] = im
	return im, nil
}

// wanted is a changed photo whose features are needed.
type wanted struct {
	name name
	make func() (*imaging.Image, error)
}

// batch is how many photos go through the features at once.
const batch = 32

// ensure makes the features that are not in the cache.
func (b *base) ensure(ctx context.Context, list []wanted) error {
	seen := map[name]bool{}
	list = slices.DeleteFunc(slices.Clone(list), func(w wanted) bool {
		_, known := b.cache.known[w.name]
		again := seen[w.name]
		seen[w.name] = true
		return known || again
	})
	for part := range slices.Chunk(list, batch) {
		if err := b.pass(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

func (b *base) pass(ctx context.Context, list []wanted) error {
	size := b.model.InputLen()
	inputs := make([]float32, len(list)*size)
	work := make(chan int, len(list))
	for i := range list {
		work <- i
	}
	close(work)
	err := floor.Parallel(runtime.NumCPU(), func() error {
		for i := range work {
			im, err := list[i].make()
			if err == nil {
				_, err = b.model.Preprocess(im, inputs[i*size:(i+1)*size])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	result, err := b.model.Run(ctx, inputs, len(list))
	if err != nil {
		return err
	}
	if len(result.Embedding) != len(list)*b.cache.features {
		return errors.New("the model's embedding is not what its head takes")
	}
	for i, w := range list {
		if err := b.cache.put(w.name, slices.Clone(result.Embedding[i*b.cache.features:(i+1)*b.cache.features])); err != nil {
			return err
		}
	}
	return nil
}

// features are those of photos as they are.
func (b *base) features(ctx context.Context, files []string) ([][]float32, error) {
	list := make([]wanted, len(files))
	for i, f := range files {
		list[i] = wanted{b.nameOf(f), func() (*imaging.Image, error) { return b.image(f) }}
	}
	if err := b.ensure(ctx, list); err != nil {
		return nil, err
	}
	out := make([][]float32, len(files))
	for i := range list {
		out[i] = b.cache.known[list[i].name]
	}
	return out, nil
}

// nameOf is that of a photo, wherever the test material is, with what was done to it.
func (b *base) nameOf(file string, change ...string) name {
	return nameOf(strings.Join(append([]string{strings.TrimPrefix(file, b.photos)}, change...), "|"))
}
