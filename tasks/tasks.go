// Package tasks is the registry of all kinds of work: for each its server half and its
// worker half. A new kind is a folder here and a line in this file. Only the program
// imports it, and gives the server one list and the worker the other, so that the server
// imports no worker half.
package tasks

import (
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/assess"
	assesswork "github.com/sightline/sightline/tasks/assess/work"
	"github.com/sightline/sightline/tasks/concepts"
	conceptswork "github.com/sightline/sightline/tasks/concepts/work"
	"github.com/sightline/sightline/tasks/evaluate"
	evaluatework "github.com/sightline/sightline/tasks/evaluate/work"
	"github.com/sightline/sightline/tasks/explain"
	explainwork "github.com/sightline/sightline/tasks/explain/work"
	"github.com/sightline/sightline/tasks/importing"
	importingwork "github.com/sightline/sightline/tasks/importing/work"
	"github.com/sightline/sightline/tasks/inspect"
	inspectwork "github.com/sightline/sightline/tasks/inspect/work"
	"github.com/sightline/sightline/tasks/jitter"
	jitterwork "github.com/sightline/sightline/tasks/jitter/work"
	"github.com/sightline/sightline/tasks/measure"
	measurework "github.com/sightline/sightline/tasks/measure/work"
	"github.com/sightline/sightline/tasks/probe"
	probework "github.com/sightline/sightline/tasks/probe/work"
	"github.com/sightline/sightline/tasks/project"
	projectwork "github.com/sightline/sightline/tasks/project/work"
	"github.com/sightline/sightline/tasks/whatif"
	whatifwork "github.com/sightline/sightline/tasks/whatif/work"
	"github.com/sightline/sightline/worker"
)

// halves are the two halves of a kind.
type halves struct {
	plan func(*task.Server) task.Kind
	work func(*worker.Worker) task.Kind
}

func registry() []halves {
	return []halves{
		{importing.Kind, importingwork.Kind},
		{evaluate.Kind, evaluatework.Kind},
		{explain.Kind, explainwork.Kind},
		{assess.Kind, assesswork.Kind},
		{measure.Kind, measurework.Kind},
		{jitter.Kind, jitterwork.Kind},
		{inspect.Kind, inspectwork.Kind},
		{probe.Kind, probework.Kind},
		{whatif.Kind, whatifwork.Kind},
		{project.Kind, projectwork.Kind},
		{concepts.Kind, conceptswork.Kind},
	}
}

// Plan lists the server halves.
func Plan(s *task.Server) (list []task.Kind) {
	for _, k := range registry() {
		list = append(list, k.plan(s))
	}
	return list
}

// Work lists the worker halves.
func Work(w *worker.Worker) (list []task.Kind) {
	for _, k := range registry() {
		list = append(list, k.work(w))
	}
	return list
}
