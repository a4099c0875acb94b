package demo

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// models holds the trained classifiers, each in a folder as Hugging Face lays it out: model.onnx, config.json (class
// names) and preprocessor_config.json.
//
//go:embed models/*/*.onnx models/*/*.json
var models embed.FS

// RegionsFile is the name of the COCO JSON file of region boxes in each dataset's folder.
const RegionsFile = "regions.coco.json"

// Write draws all datasets into dir/NAME/{train,val,test}/CLASS/NNNN.jpg with dir/NAME/regions.coco.json, and copies the
// models to dir/models/NAME/. Files that are already as they should be are left alone, so that writing again changes
// nothing. progress, if not nil, is told now and then how many files are done; it may be called from any goroutine.
func Write(ctx context.Context, dir string, progress func(done, total int)) error {
	names, err := modelFiles()
	if err != nil {
		return err
	}
	counter := newCounter(progress, len(names))
	for _, d := range datasets {
		counter.total += d.size(d.counts) + 1
	}
	for _, d := range datasets {
		if err := d.write(ctx, filepath.Join(dir, d.name), d.counts, counter); err != nil {
			return err
		}
	}
	for _, name := range names {
		data, err := models.ReadFile(name)
		if err != nil {
			return fmt.Errorf("reading the embedded %s: %w", name, err)
		}
		if err := put(filepath.Join(dir, filepath.FromSlash(name)), data); err != nil {
			return err
		}
		counter.add()
	}
	return nil
}

// WriteTraining draws a larger edition of one dataset, with counts images per class for each split named there: what
// the models are trained on. The images of [Write] are the first of each split.
func WriteTraining(ctx context.Context, dir, name string, counts map[string]int, progress func(done, total int)) error {
	d, err := datasetNamed(name)
	if err != nil {
		return err
	}
	return d.write(ctx, filepath.Join(dir, name), counts, newCounter(progress, d.size(counts)+1))
}

// modelFiles lists the embedded files of the models.
func modelFiles() ([]string, error) {
	var names []string
	for _, model := range Models() {
		entries, err := fs.ReadDir(models, "models/"+model)
		if err != nil {
			return nil, fmt.Errorf("listing the embedded model %s: %w", model, err)
		}
		for _, e := range entries {
			names = append(names, "models/"+model+"/"+e.Name())
		}
	}
	return names, nil
}

// size is the number of images.
func (d dataset) size(counts map[string]int) int {
	n := 0
	for _, split := range splits {
		n += counts[split] * len(d.classes)
	}
	return n
}

// write draws the images on all cores and writes them and the regions file.
func (d dataset) write(ctx context.Context, dir string, counts map[string]int, counter *counter) error {
	drawings := make([]drawing, d.size(counts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	next := 0
	for _, split := range splits {
		for _, class := range d.classes {
			for number := range counts[split] {
				slot := &drawings[next]
				next++
				group.Go(func() error { return d.writeOne(ctx, dir, split, class, number, slot, counter) })
			}
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	data, err := regionsJSON(d, drawings)
	if err != nil {
		return fmt.Errorf("encoding the regions of %s: %w", d.name, err)
	}
	counter.add()
	return put(filepath.Join(dir, RegionsFile), data)
}

// writeOne draws and writes one image and keeps what the regions file needs of it.
func (d dataset) writeOne(ctx context.Context, dir, split, class string, number int, slot *drawing, counter *counter) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("writing the demo dataset %s: %w", d.name, err)
	}
	p, err := d.render(split, class, number)
	if err != nil {
		return err
	}
	if err := put(filepath.Join(dir, filepath.FromSlash(p.path)), p.jpeg); err != nil {
		return err
	}
	p.jpeg = nil
	*slot = p
	counter.add()
	return nil
}

// put writes a file unless it already holds the data, by way of a temporary name so that it is never seen half written.
func put(name string, data []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("making a folder for the demo: %w", err)
	}
	if err := os.WriteFile(name+".part", data, 0o644); err != nil {
		return fmt.Errorf("writing the demo: %w", err)
	}
	if err := os.Rename(name+".part", name); err != nil {
		return fmt.Errorf("writing the demo: %w", err)
	}
	return nil
}
