package jobs

import "context"

// Forget removes the jobs that are matched, with their lists, so that none is resumed. Jobs
// that are at work stay.
func (m *Manager) Forget(ctx context.Context, matched func(Job) bool) error {
	m.submitting.Lock()
	defer m.submitting.Unlock()
	list, err := m.List(ctx)
	if err != nil {
		return err
	}
	for _, job := range list {
		if job.State.Active() || !matched(job) {
			continue
		}
		if err := m.store.Remove(ctx, job.ID); err != nil {
			return err
		}
		m.mu.Lock()
		delete(m.tracked, job.ID)
		m.mu.Unlock()
	}
	return nil
}
