package ort

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync"

	rt "github.com/yalue/onnxruntime_go"
)

// Options of a session. The zero value runs on one thread.
type Options struct {
	// Threads is the number of threads one operator is spread over; 0 means 1.
	Threads int
	// ExternalDir is the folder of the model's external data files. It must be
	// set for a model that has them.
	ExternalDir string
	// Plain switches graph optimisations off: slower, and closest to what the
	// file says. Used to compare.
	Plain bool
	// Optimised, unless "", is a file to write the graph to as the runtime has
	// optimised it for this machine, with the larger weights in a file beside it.
	Optimised string
	// Kernels makes the operators of package kernels known to the session.
	Kernels bool
}

// A Session is a loaded model with a fixed list of inputs and outputs. It is safe
// for concurrent use; Close waits for runs under way.
type Session struct {
	mu      sync.RWMutex
	session *rt.DynamicAdvancedSession
	outputs []string
}

// ErrClosed is returned by runs on a closed session.
var ErrClosed = errors.New("the session is closed")

// Open loads the bytes of an ONNX model. inputs and outputs are names; Run takes
// and returns tensors in that order. Outputs must be neither float16 nor scalars,
// which the binding cannot return: cast or reshape them in the graph. Errors are
// [*Error].
func Open(model []byte, inputs, outputs []string, o Options) (*Session, error) {
	if err := initialise(); err != nil {
		return nil, err
	}
	s, err := o.load(model, inputs, outputs, "session.x64quantprecision")
	if err != nil && strings.Contains(err.Error(), "Attempt to replace the existing tensor") {
		s, err = o.load(model, inputs, outputs, "session.disable_quant_qdq")
	}
	if err != nil {
		return nil, err
	}
	return &Session{session: s, outputs: outputs}, nil
}

// load loads a model. Without VNNI, sums of products of 8-bit weights and activations
// saturate at 16 bits in the runtime's default setting, and scores are other ones,
// silently. exact names the setting that prevents it: "session.x64quantprecision" widens
// them, and cannot be had where two nodes share their 8-bit weights, as in the graph of
// a gradient (the runtime fails then); "session.disable_quant_qdq" computes between
// DequantizeLinear and QuantizeLinear in float32.
func (o Options) load(model []byte, inputs, outputs []string, exact string) (*rt.DynamicAdvancedSession, error) {
	options, err := o.runtime()
	if err != nil {
		return nil, fmt.Errorf("set ONNX Runtime's options: %w", err)
	}
	defer options.Destroy()
	if err := options.AddSessionConfigEntry(exact, "1"); err != nil {
		return nil, fmt.Errorf("set ONNX Runtime's options: %w", err)
	}
	s, err := rt.NewDynamicAdvancedSessionWithONNXData(model, inputs, outputs, options)
	if err != nil {
		return nil, explain("load the model", err)
	}
	return s, nil
}

func (o Options) runtime() (*rt.SessionOptions, error) {
	options, err := rt.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	var level rt.GraphOptimizationLevel = rt.GraphOptimizationLevelEnableAll
	if o.Plain {
		level = rt.GraphOptimizationLevelDisableAll
	}
	err = errors.Join(
		options.SetIntraOpNumThreads(max(1, o.Threads)),
		options.SetInterOpNumThreads(1),
		options.SetExecutionMode(rt.ExecutionModeSequential),
		options.SetGraphOptimizationLevel(level),
		// Waiting threads sleep: they would take the processor from decoding.
		options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
		options.AddSessionConfigEntry("session.use_env_allocators", "1"), // see shareMemory
	)
	if o.ExternalDir != "" {
		err = errors.Join(err, options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", o.ExternalDir))
	}
	if o.Optimised != "" {
		err = errors.Join(err, writeOptimised(options, o.Optimised))
	}
	if o.Kernels {
		err = errors.Join(err, addKernels(options))
	}
	if err != nil {
		options.Destroy()
		return nil, err
	}
	return options, nil
}

func writeOptimised(options *rt.SessionOptions, path string) error {
	return errors.Join(
		options.SetOptimizedModelFilePath(path),
		options.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", filepath.Base(path)+".weights"),
		options.AddSessionConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", "4096"),
	)
}

// Run feeds the inputs and returns the outputs, in the order given to Open. When
// ctx ends, the run is stopped and ctx's error returned.
func (s *Session) Run(ctx context.Context, inputs ...*Tensor) ([]*Tensor, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.session == nil {
		return nil, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in := make([]rt.Value, len(inputs))
	defer destroy(in)
	for i, t := range inputs {
		v, err := t.value()
		if err != nil {
			return nil, fmt.Errorf("input %d of shape %v: %w", i, t.Shape, err)
		}
		in[i] = v
	}
	out := make([]rt.Value, len(s.outputs))
	defer destroy(out)
	if err := s.run(ctx, in, out); err != nil {
		return nil, err
	}
	return s.take(out)
}

func (s *Session) run(ctx context.Context, in, out []rt.Value) error {
	options, err := rt.NewRunOptions()
	if err != nil {
		return fmt.Errorf("prepare the run: %w", err)
	}
	defer options.Destroy()
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { options.Terminate(); close(ended) })
	err = s.session.RunWithOptions(in, out, options)
	if !stop() {
		<-ended // Terminate must not outlive options
	}
	if ctx.Err() != nil && err != nil {
		return ctx.Err()
	}
	if err != nil {
		return explain(running, err)
	}
	return nil
}

func (s *Session) take(out []rt.Value) ([]*Tensor, error) {
	list := make([]*Tensor, len(out))
	for i, v := range out {
		t, err := fromValue(s.outputs[i], v)
		if err != nil {
			return nil, err
		}
		list[i] = t
	}
	return list, nil
}

// destroy frees values. The binding leaves typed nil pointers where it failed to
// make a value, as for scalar outputs.
func destroy(values []rt.Value) {
	for _, v := range values {
		if v != nil && !reflect.ValueOf(v).IsNil() {
			v.Destroy()
		}
	}
}

// Close frees the model. It waits for runs under way; closing twice is harmless.
func (s *Session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session == nil {
		return nil
	}
	err := s.session.Destroy()
	s.session = nil
	return err
}
