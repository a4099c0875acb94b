package ort

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// What ONNX Runtime objected to, for errors.Is.
var (
	ErrUnknownOperator = errors.New("unknown operator")
	ErrOpset           = errors.New("unsupported opset")
	ErrInvalidModel    = errors.New("invalid model")
	ErrMemory          = errors.New("out of memory")
)

// An Error is a refusal of ONNX Runtime's, with advice.
type Error struct {
	Running bool   // a model that was opened; else it could not be opened
	Doing   string // what was being done, e.g. "load the model"
	Kind    error  // one of the Err variables, or nil
	Advice  string // what to do; may be empty
	Err     error  // the runtime's own message
}

func (e *Error) Error() string {
	msg := fmt.Sprintf("ONNX Runtime could not %s", e.Doing)
	if e.Advice != "" {
		msg += ": " + e.Advice
	}
	return msg + " (it says: " + strings.TrimSpace(e.Err.Error()) + ")"
}

// Unwrap gives the kind and the runtime's error to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Err}
	}
	return []error{e.Kind, e.Err}
}

var (
	unregistered = regexp.MustCompile(`No Op registered for (\S+) with domain_version of (\d+)`)
	customOp     = regexp.MustCompile(`(?:Fatal error: )?([\w.]+):(\w+)\(-?\d*\) is not a registered function/op`)
	unimplement  = regexp.MustCompile(`Could not find an implementation for (\w+)\((\d+)\)`)
	opsetTooNew  = regexp.MustCompile(`(?:Opset|opset version) (\d+) is under development.*?(?:up to|till) opset (\d+)|ONNX Runtime only \*guarantees\* support for models stamped with official released onnx opset versions\. Opset (\d+) .*?is till opset (\d+)`)
	irTooNew     = regexp.MustCompile(`Unsupported model IR version: (\d+), max supported IR version: (\d+)`)
)

// running is what is being done in a run.
const running = "run the model"

// explain wraps what the runtime said while doing something.
func explain(doing string, err error) error {
	msg := err.Error()
	e := &Error{Running: doing == running, Doing: doing, Err: err}
	switch {
	case opsetTooNew.MatchString(msg):
		m := opsetTooNew.FindStringSubmatch(msg)
		e.Kind = ErrOpset
		e.Advice = fmt.Sprintf("the model uses opset %s and this runtime knows them up to %s; export it with opset_version=%s or lower", m[1]+m[3], m[2]+m[4], m[2]+m[4])
	case irTooNew.MatchString(msg):
		m := irTooNew.FindStringSubmatch(msg)
		e.Kind = ErrOpset
		e.Advice = fmt.Sprintf("the file has IR version %s and this runtime reads them up to %s; save it with an older onnx package", m[1], m[2])
	case unregistered.MatchString(msg):
		m := unregistered.FindStringSubmatch(msg)
		e.Kind = ErrUnknownOperator
		e.Advice = fmt.Sprintf("the operator %s does not exist in opset %s; it may come from a custom library: export the model with standard operators", m[1], m[2])
	case customOp.MatchString(msg):
		m := customOp.FindStringSubmatch(msg)
		e.Kind = ErrUnknownOperator
		e.Advice = fmt.Sprintf("the operator %s of domain %q is not known here; export the model with standard operators", m[2], m[1])
	case unimplement.MatchString(msg):
		m := unimplement.FindStringSubmatch(msg)
		e.Kind = ErrUnknownOperator
		e.Advice = fmt.Sprintf("the operator %s (version %s) has no CPU implementation for the element types used, or is too old; export the model as float32 with opset 7 or newer", m[1], m[2])
	case strings.Contains(msg, "Failed to allocate memory"), strings.Contains(msg, "bad_alloc"):
		e.Kind = ErrMemory
		e.Advice = "memory ran out; use a smaller batch or a machine with more memory"
	case strings.Contains(msg, "INVALID_GRAPH"), strings.Contains(msg, "Invalid model"), strings.Contains(msg, "This is an invalid model"), strings.Contains(msg, "ShapeInferenceError"):
		e.Kind = ErrInvalidModel
		e.Advice = "the graph is not valid ONNX; check it with onnx.checker, or export it again"
	}
	return e
}
