package autodiff

import (
	"context"
	"sync"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// Graph is a classifier in canonical form, for methods to take apart: it is
// shared between them and must not be changed.
type Graph struct {
	Model  *canonical.Model
	Input  string // the image batch, [N, …]
	Scores string // [N, classes]: logits, or log-probabilities where the model hides them

	// Notes keeps what was found out about the model, under keys of the finders'
	// own types.
	Notes sync.Map
}

// Recipe is a graph to run, with the names of what goes in and what comes out,
// in the order of Program.Run. Tensors are float32, with the batch in front.
type Recipe struct {
	Model           *onnx.Model
	Inputs, Outputs []string
}

// Part cuts count of n samples, from the first on, out of every input of a run.
func Part(inputs [][]float32, n, first, count int) [][]float32 {
	part := make([][]float32, len(inputs))
	for i, values := range inputs {
		per := len(values) / n
		part[i] = values[first*per : (first+count)*per]
	}
	return part
}

// Joined puts the outputs of runs over consecutive samples one after another.
func Joined(runs [][][]float32) [][]float32 {
	if len(runs) == 1 {
		return runs[0]
	}
	if len(runs) == 0 {
		return nil
	}
	outputs := make([][]float32, len(runs[0]))
	for i := range outputs {
		length := 0
		for _, run := range runs {
			length += len(run[i])
		}
		outputs[i] = make([]float32, 0, length)
		for _, run := range runs {
			outputs[i] = append(outputs[i], run[i]...)
		}
	}
	return outputs
}

// Program is a recipe that was made. Safe for concurrent use.
type Program interface {
	// Run feeds n samples, whose parts lie one after another in every input, and
	// returns the outputs in the same way. It must not keep or change inputs.
	Run(ctx context.Context, n int, inputs ...[]float32) ([][]float32, error)
}
