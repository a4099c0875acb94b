package task

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/stores"
)

// Names under which workers that share no folder with the server ask for files. They name rows
// of the catalog, never paths.
const (
	sampleBlob = "sample/" // and a sample's id
	modelBlob  = "model/"  // and the SHA-256 of the model's files
	blocksBlob = "blocks/" // and an evaluation's name
)

// SampleBlob names a sample's image.
func SampleBlob(id int64) string { return sampleBlob + strconv.FormatInt(id, 10) }

// ModelBlob names the files of a model: its own first, then those of external data, by the names
// that it knows them by.
func ModelBlob(sha256 string) string { return modelBlob + sha256 }

// BlocksBlob names the score blocks of an evaluation, in their order.
func BlocksBlob(evaluation string) string { return blocksBlob + evaluation }

// Lend lets workers that share no folder with the server have images, models and scores of a workspace.
func Lend(store *stores.Stores, waiter *files.Waiter) *blobs.Source {
	l := &lender{store: store}
	return blobs.NewSource(l.locate, new(s3.Buckets), waiter)
}

// lender looks names up. Samples are looked up by the hundred, and remembered for a moment: a
// worker asks for one after the other.
type lender struct {
	store *stores.Stores

	mu     sync.Mutex
	near   map[int64]string // paths of images
	looked time.Time
}

const (
	nearby   = 256
	nearLast = 10 * time.Second
)

func (l *lender) locate(ctx context.Context, name string) ([]blobs.Located, error) {
	if digits, ok := strings.CutPrefix(name, sampleBlob); ok {
		id, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: %q", blobs.ErrUnknown, name)
		}
		path, err := l.sample(ctx, id)
		return []blobs.Located{{Path: path}}, err
	}
	if sum, ok := strings.CutPrefix(name, modelBlob); ok {
		return l.model(ctx, sum)
	}
	if evaluation, ok := strings.CutPrefix(name, blocksBlob); ok {
		return l.blocks(ctx, evaluation)
	}
	return nil, fmt.Errorf("%w: %q", blobs.ErrUnknown, name)
}

func (l *lender) blocks(ctx context.Context, evaluation string) (list []blobs.Located, err error) {
	paths, _, err := l.store.Results.Blocks(ctx, evaluation)
	for _, path := range paths {
		list = append(list, blobs.Located{Name: filepath.Base(path), Path: path})
	}
	return list, err
}

func (l *lender) sample(ctx context.Context, id int64) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if path, ok := l.near[id]; ok && time.Since(l.looked) < nearLast {
		return path, nil
	}
	list, err := l.around(ctx, id)
	if err != nil {
		return "", err
	}
	l.near, l.looked = map[int64]string{}, time.Now()
	for _, f := range list {
		l.near[f.Sample] = f.Path
	}
	return l.near[id], nil
}

// around finds the files of a sample and of those imported after it, or of the sample alone
// where some of them are no more.
func (l *lender) around(ctx context.Context, id int64) ([]catalog.File, error) {
	ids := make([]int64, nearby)
	for i := range ids {
		ids[i] = id + int64(i)
	}
	if list, err := l.store.Catalog.Files(ctx, ids); err == nil {
		return list, nil
	}
	return l.store.Catalog.Files(ctx, ids[:1])
}

func (l *lender) model(ctx context.Context, sum string) ([]blobs.Located, error) {
	models, err := l.store.Catalog.ModelsOfFile(ctx, sum)
	if err != nil {
		return nil, err
	}
	if len(models) == 0 {
		return nil, fmt.Errorf("%w: the workspace has no model with SHA-256 %s", blobs.ErrUnknown, sum)
	}
	var spec struct {
		Path string
		Size int64
	}
	if err := json.Unmarshal(models[0].Spec, &spec); err != nil {
		return nil, fmt.Errorf("read the specification of model %s: %w", models[0].Name, err)
	}
	list := []blobs.Located{{Name: filepath.Base(spec.Path), Path: spec.Path}}
	info, err := os.Stat(spec.Path)
	if err != nil || info.Size() == spec.Size {
		return list, err // its size is that of all files together: there is no other
	}
	m, err := onnx.ReadFile(spec.Path)
	if err != nil {
		return nil, err
	}
	for _, name := range m.ExternalFiles() {
		list = append(list, blobs.Located{Name: name, Path: filepath.Join(m.Dir, filepath.FromSlash(name))})
	}
	return list, nil
}
