package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
)

// RunWorker is the worker process: it connects to the server that started it
// (see jobs.Supervisor) and works until ctx ends or the server is gone. memory is
// the budget in bytes for making maps; 0 is what the server says.
func RunWorker(ctx context.Context, memory int64) error {
	config, err := jobs.WorkerConfigFromEnv()
	if err != nil {
		return err
	}
	if memory == 0 {
		if memory, err = memoryFromEnv(); err != nil {
			return err
		}
	}
	jobs.HoldLifeline()
	w := newProcessor(memory)
	defer w.models.close()
	worker := jobs.NewWorker(config)
	w.register(worker)
	return worker.Run(ctx)
}

// register tells a worker how to do everything.
func (w *processor) register(worker *jobs.Worker) {
	for _, k := range w.work() {
		k.Attend(worker)
	}
}

// processor is the worker half: what all chunks and calls of the process share.
type processor struct {
	cores     cores
	budget    budget
	models    *models
	evidences *evidences
}

// newProcessor makes one that keeps to a memory budget in bytes.
func newProcessor(memory int64) *processor {
	return &processor{cores: newCores(), budget: budget(memory), models: newModels(modelsKept, memory/modelsKept), evidences: newEvidences(evidenceBytes)}
}

// unreadable is the error of a file that cannot be read at the moment, whatever
// is in it.
type unreadable struct{ error }

// readFile reads an image file; the error is a reason that users see.
func readFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, unreadable{errors.New("the file is missing: restore it, or import the dataset again")}
	case errors.Is(err, fs.ErrPermission):
		return nil, unreadable{errors.New("the file cannot be read: its permissions do not allow it")}
	case err != nil:
		return nil, unreadable{fmt.Errorf("the file cannot be read: %w", err)}
	case len(data) == 0:
		return nil, errors.New("the file is empty: copy or download it again")
	}
	return data, nil
}

// loadImage reads and decodes an image file.
func loadImage(path string) (*imaging.Image, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return imaging.Decode(data, imaging.Limits{})
}
