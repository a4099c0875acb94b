package task

import "github.com/sightline/sightline/jobs"

// Kind is one kind of work. Its server half sets Name and Planner, its worker half Name,
// Work and Calls; a kind that only answers calls has neither Planner nor Work.
type Kind struct {
	Name string // of its jobs, as stored: it must not change

	jobs.Planner                             // in the server: Describe, Plan, Payload, Ingest, Quarantine, Finish
	Work         jobs.ChunkHandler           // in a worker: works on a chunk
	Calls        map[string]jobs.CallHandler // in a worker: answers, by the names of the calls
}

// Serve has a server's jobs of this kind planned and stored. It must be called before
// jobs are submitted or resumed.
func (k Kind) Serve(m *jobs.Manager) {
	if k.Planner != nil {
		m.Register(k.Name, k.Planner)
	}
}

// Attend has a worker do this kind of work. It must be called before the worker runs.
func (k Kind) Attend(w *jobs.Worker) {
	if k.Work != nil {
		w.Handle(k.Name, k.Work)
	}
	for name, answer := range k.Calls {
		w.HandleCall(name, answer)
	}
}
