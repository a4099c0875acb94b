package pipeline

import (
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/evaluate"
	evaluatework "github.com/sightline/sightline/tasks/evaluate/work"
	"github.com/sightline/sightline/tasks/importing"
	importingwork "github.com/sightline/sightline/tasks/importing/work"
	inspectwork "github.com/sightline/sightline/tasks/inspect/work"
	"github.com/sightline/sightline/worker"
)

// Plan lists the server halves of all kinds of work.
func Plan(s *task.Server) []task.Kind {
	return []task.Kind{
		importing.Kind(s),
		evaluate.Kind(s),
		{Name: KindExplain, Planner: &explainer{s}},
		{Name: KindMeasure, Planner: &measurer{s}},
	}
}

// processor is the worker half of all kinds.
type processor struct{ *worker.Worker }

// Work lists their worker halves, and what only answers calls.
func Work(shared *worker.Worker) []task.Kind {
	w := &processor{shared}
	return []task.Kind{
		importingwork.Kind(shared),
		evaluatework.Kind(shared),
		{Name: KindExplain, Work: w.explainChunk, Calls: map[string]jobs.CallHandler{callExplain: w.explain, callDraw: w.draw}},
		{Name: KindMeasure, Work: w.measureChunk},
		{Name: "assess", Calls: map[string]jobs.CallHandler{callTrust: w.trust, callRandomise: w.randomise}},
		inspectwork.Kind(shared),
	}
}
