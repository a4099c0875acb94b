package jobs

import "github.com/sightline/sightline/jobs/children"

// Supervise starts workers of m as children of this process; they come up in the background.
// Each finds the queue through its environment. The options' Given and Lost are set here.
func Supervise(m *Manager, o children.Options) *children.Supervisor {
	o.Lost = m.WorkerLost
	o.Given = func(worker string) []string {
		return []string{envID + "=" + worker, envURL + "=" + m.queue.URL(), envToken + "=" + m.queue.Token(), envIncoming + "=" + m.Incoming()}
	}
	return children.Supervise(o)
}
