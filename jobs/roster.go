package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// workerInfo is what is known of a worker that said hello.
type workerInfo struct {
	Hello
	since time.Time
	heard time.Time     // when a remote one gave its last sign
	gone  chan struct{} // closed when the worker is lost
	calls int           // being answered
	stuck *stuckNote    // its last word, if it ended itself
	items int           // worked on since it is here
	meter meter
}

// beatEvery is how often a remote worker gives a sign.
const beatEvery = 2 * time.Second

// onHello lists a worker, or refuses it.
func (m *Manager) onHello(msg *nats.Msg) {
	var h Hello
	if err := json.Unmarshal(msg.Data, &h); err != nil {
		m.respond(msg, errorReply{Error: "the server does not understand this worker: install the same version of Sightline on both machines"})
		return
	}
	if h.Remote && m.opts.Version != "" && h.Version != m.opts.Version {
		m.opts.Log.Warn("a worker of another version was refused", "worker", h.ID, "machine", h.Name, "version", h.Version)
		m.respond(msg, errorReply{Error: fmt.Sprintf("this worker is of version %s, and the server of version %s: results could differ. Install version %s on this machine", h.Version, m.opts.Version, m.opts.Version)})
		return
	}
	if !h.Asking {
		m.list(h)
	}
	m.respond(msg, errorReply{})
}

func (m *Manager) list(h Hello) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.workers[h.ID] != nil {
		return
	}
	now := time.Now()
	info := &workerInfo{Hello: h, since: now, heard: now, gone: make(chan struct{})}
	info.meter.reset(now, 0)
	m.workers[h.ID] = info
	m.opts.Log.Info("a worker is here", "worker", h.ID, "machine", h.Name, "remote", h.Remote, "kind", h.Kind)
}

// beatReply tells a remote worker whether the server knows it; a new server does not.
type beatReply struct {
	Known bool `json:"known"`
}

func (m *Manager) onBeat(msg *nats.Msg) {
	m.mu.Lock()
	info := m.workers[string(msg.Data)]
	if info != nil {
		info.heard = time.Now()
	}
	m.mu.Unlock()
	m.respond(msg, beatReply{Known: info != nil})
}

// lostNote tells of the end of a remote worker's process, from the one that watches it.
type lostNote struct {
	Worker string `json:"worker"`
	Reason string `json:"reason"`
	Left   bool   `json:"left,omitempty"` // it was told to end, and had nothing in work
}

type lostReply struct {
	WasReady bool `json:"was_ready"`
}

func (m *Manager) onLost(msg *nats.Msg) {
	var note lostNote
	if err := json.Unmarshal(msg.Data, &note); err != nil {
		m.opts.Log.Error("word of a worker's end could not be read", "err", err)
		return
	}
	go func() {
		ready := m.workerLost(death{worker: note.Worker, reason: note.Reason, innocent: note.Left, left: note.Left})
		m.respond(msg, lostReply{ready})
	}()
}

// rollCall notes which remote workers gave no sign for long: their machine is off, or a cable
// cut. No chunk is to blame for that.
func (m *Manager) rollCall(done <-chan struct{}) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			for _, id := range m.silent(now) {
				m.opts.Log.Warn("nothing was heard of a worker", "worker", id, "for", m.opts.SilentFor)
				m.workerLost(death{worker: id, reason: InWords(m.opts.SilentFor), silent: true, innocent: true})
			}
		}
	}
}

func (m *Manager) silent(now time.Time) (list []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, info := range m.workers {
		if info.Remote && now.Sub(info.heard) > m.opts.SilentFor {
			list = append(list, id)
		}
	}
	return list
}

// onServer tells another server that this one serves the workspace.
func (m *Manager) onServer(msg *nats.Msg) {
	name, _ := os.Hostname()
	m.respond(msg, errorReply{Error: fmt.Sprintf("process %d on %s", os.Getpid(), name)})
}

// aloneWait is how long another server has to answer.
const aloneWait = time.Second

// alone refuses a workspace that another server serves on the same bus: the copy of a folder
// has its id.
func (m *Manager) alone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, aloneWait)
	defer cancel()
	msg, err := m.nc.RequestWithContext(ctx, m.subject(subjectServer), nil)
	if err != nil {
		return nil // nobody answers
	}
	var other errorReply
	_ = json.Unmarshal(msg.Data, &other)
	return fmt.Errorf("a workspace of the same id (%s) is served on this queue already, by %s: stop that server first. If this folder is a copy that is to be served beside it, start it with --new-workspace-id", m.bus.Address().Workspace, other.Error)
}

// WorkerState is a worker as it is shown to users.
type WorkerState struct {
	Hello
	Since  time.Time
	Chunks int     // in work
	Items  int     // worked on since then
	Rate   float64 // of them per second, over the last ten seconds
}

// Roster lists the workers that are ready, by name and age.
func (m *Manager) Roster() []WorkerState {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	chunks := map[string]int{}
	for _, t := range m.tracked {
		for _, c := range t.open {
			if c.claim != nil {
				chunks[c.claim.worker]++
			}
		}
	}
	list := []WorkerState{}
	for id, info := range m.workers {
		state := WorkerState{Hello: info.Hello, Since: info.since, Chunks: chunks[id], Items: info.items}
		if state.Chunks > 0 {
			state.Rate = info.meter.rate(now, info.items)
		}
		list = append(list, state)
	}
	slices.SortFunc(list, func(a, b WorkerState) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// Workers counts the workers that are ready.
func (m *Manager) Workers() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.workers)
}

// credit notes that a worker got on with so many items. The caller holds mu.
func (m *Manager) credit(worker string, items int) {
	if info := m.workers[worker]; info != nil && items > 0 {
		info.items += items
		info.meter.add(time.Now(), info.items)
	}
}

// Figures are what is counted of a manager's work, since it was made unless said otherwise.
type Figures struct {
	Jobs    map[State]int // at work, by state
	Waiting int           // chunks that no worker has, now
	InWork  int           // chunks that a worker has, now
	Workers []WorkerState

	Chunks  int64         // stored
	Items   int64         // of them
	Failed  int64         // items without a result
	Deaths  int64         // of workers
	Refused int64         // results that showed no claim, or were of another kind of worker
	Storing time.Duration // chunks, all together
}

// counters are the part of Figures that only grows.
type counters struct {
	chunks, items, failed, deaths, refused, storing atomic.Int64
}

// stored counts a chunk that was stored.
func (c *counters) stored(items, failed int, took time.Duration) {
	c.chunks.Add(1)
	c.items.Add(int64(items))
	c.failed.Add(int64(failed))
	c.storing.Add(int64(took))
}

// Figures tells how the work stands.
func (m *Manager) Figures() Figures {
	c := &m.counters
	f := Figures{Jobs: map[State]int{}, Workers: m.Roster(), Chunks: c.chunks.Load(), Items: c.items.Load(), Failed: c.failed.Load(),
		Deaths: c.deaths.Load(), Refused: c.refused.Load(), Storing: time.Duration(c.storing.Load())}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tracked {
		if t.ended {
			continue
		}
		f.Jobs[t.job.State]++
		for _, chunk := range t.open {
			if chunk.claim == nil {
				f.Waiting++
			} else {
				f.InWork++
			}
		}
	}
	return f
}

// Connected tells whether the queue is reached at the moment.
func (m *Manager) Connected() bool { return m.nc.IsConnected() }
