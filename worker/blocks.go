package worker

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/sightline/sightline/task"
)

// Blocks are the score blocks of an evaluation, in their order: those at paths, or copies where the worker has not the server's
// files. The caller calls release when it has read them.
func (w *Worker) Blocks(ctx context.Context, evaluation string, paths []string) (blocks []string, release func(), err error) {
	if w.remote == nil {
		return paths, func() {}, nil
	}
	for range asks {
		if blocks, release, err = w.remote.blocks(ctx, evaluation); !passing(err) {
			break
		}
	}
	if err == nil && len(blocks) != len(paths) {
		release()
		err = fmt.Errorf("the evaluation %s has changed meanwhile: start the job again", evaluation)
	}
	return blocks, release, err
}

func (r *remote) blocks(ctx context.Context, evaluation string) (blocks []string, release func(), err error) {
	list, err := r.from.Files(ctx, task.BlocksBlob(evaluation))
	if err != nil {
		return nil, nil, fmt.Errorf("the scores of %s cannot be had from the server: %w", evaluation, err)
	}
	dir, err := os.MkdirTemp(r.dir, "blocks-*")
	if err != nil {
		return nil, nil, err
	}
	for i, f := range list {
		path := filepath.Join(dir, strconv.Itoa(i))
		if err := r.cache.Link(ctx, f, path, r.have(f)); err != nil {
			os.RemoveAll(dir)
			return nil, nil, fmt.Errorf("the scores of %s cannot be had from the server: %w", evaluation, err)
		}
		blocks = append(blocks, path)
	}
	return blocks, func() { os.RemoveAll(dir) }, nil
}

// Away tells whether the worker shares no folder with its server.
func (w *Worker) Away() bool { return w.remote != nil }
