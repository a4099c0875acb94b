package classifier

import (
	"errors"
	"fmt"

	"github.com/sightline/sightline/ort"
)

// Why a model cannot be used as it is; wrapped with detail and advice, so compare
// with errors.Is. Files that are not ONNX give the errors of package onnx,
// refusals of the runtime those of package ort.
var (
	// ErrInputs: it takes no input, or several.
	ErrInputs = errors.New("the model does not take a single image")
	// ErrNotImage: its input is not a batch of images (a tabular model, …).
	ErrNotImage = errors.New("the model's input is not an image")
	// ErrInputType: its input has an element type that is not supported.
	ErrInputType = errors.New("the model's input type is not supported")
	// ErrNotClassifier: it gives no score per class (a detector, …).
	ErrNotClassifier = errors.New("the model is not an image classifier")
	// ErrOutput: the class output must be chosen, or the chosen one does not fit.
	ErrOutput = errors.New("the class output is not clear")
	// ErrPreprocessing: the settings cannot be read or do not fit the model.
	ErrPreprocessing = errors.New("the preprocessing does not fit")
	// ErrClasses: the class names cannot be read, or their number is wrong.
	ErrClasses = errors.New("the class names do not fit")
	// ErrChanged: the file is not the one that was inspected.
	ErrChanged = errors.New("the model file has changed")
)

// RunFailed tells whether an error is the runtime's, of running a model that was opened: it
// may be of the samples of that run alone.
func RunFailed(err error) bool {
	var failed *ort.Error
	return errors.As(err, &failed) && failed.Running
}

// A ClassCountError is an ErrClasses that names both counts.
type ClassCountError struct {
	Names, Outputs int
	Source         string // where the names came from
	Background     bool   // the first or the last of the names is that of a background class
}

func (e *ClassCountError) Error() string {
	advice := "give the right list with --classes FILE"
	switch {
	case e.Outputs == e.Names+1:
		advice += ", or --background if the model's first class is an extra \"background\", as in TensorFlow's ImageNet models"
	case e.Names == e.Outputs+1 && e.Background:
		advice += ", or --background if the model has none of the \"background\" that the list names"
	}
	return fmt.Sprintf("%v: %s names %d classes and the model gives %d scores; %s", ErrClasses, e.Source, e.Names, e.Outputs, advice)
}

// Is makes the error match [ErrClasses].
func (e *ClassCountError) Is(target error) bool { return target == ErrClasses }
