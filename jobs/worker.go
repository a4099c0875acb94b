package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Task is a chunk as a worker sees it.
type Task struct {
	Chunk
	Kind     string
	Payload  []byte // what the kind's planner made for this chunk
	Incoming string // folder for a result file; name it in Result.Path

	claim  string
	known  []Finding
	worker *Worker
	done   atomic.Int64
	noted  time.Time
	of     *underway
}

// Report tells how many of the chunk's items are done so far. It is cheap:
// call it after every batch.
func (t *Task) Report(done int) {
	t.done.Store(int64(done))
	t.of.alive()
	if now := time.Now(); now.Sub(t.noted) >= watchEvery {
		t.noted = now
		t.worker.publish(subjectProgress, progressNote{Job: t.Job, Seq: t.Seq, Claim: t.claim, Done: done})
	}
}

// Found stores a finding with the chunk; it returns once that is done. A finding that could
// not be stored is found again, so nobody is told.
func (t *Task) Found(ctx context.Context, f Finding) {
	t.worker.request(ctx, subjectFound, foundNote{Job: t.Job, Seq: t.Seq, Finding: f}, &struct{}{})
}

// Known returns the reason of what an earlier attempt at the chunk found of an item, if it
// holds of what of says.
func (t *Task) Known(item int, of string) (reason string, ok bool) {
	for _, f := range t.known {
		if f.Item == item && f.Of == of {
			return f.Reason, true
		}
	}
	return "", false
}

// File is a path in Incoming that no other attempt at any chunk uses.
func (t *Task) File(ending string) string {
	return filepath.Join(t.Incoming, fmt.Sprintf("%s-%d-%s%s", t.Job, t.Seq, t.claim, ending))
}

// Yield lets interactive calls go first: it blocks while any is being
// answered. Call it between batches.
func (t *Task) Yield(ctx context.Context) error {
	defer t.of.wait()()
	return t.worker.gate.pass(ctx)
}

// ChunkHandler works on a chunk. It returns an error only when the job as a
// whole cannot continue; an error in one item is part of the result.
type ChunkHandler func(ctx context.Context, t *Task) (Result, error)

// Worker is the half that runs in a worker process.
type Worker struct {
	config WorkerConfig
	chunks map[string]ChunkHandler
	calls  map[string]CallHandler
	gate   gate

	nc *nats.Conn

	mu    sync.Mutex
	stops map[string]context.CancelFunc // claims and calls under way
	busy  map[Chunk]bool                // by job and number alone
}

// WorkerConfig tells a worker where its server is.
type WorkerConfig struct {
	ID       string
	URL      string
	Token    string
	Incoming string
	// Lanes is how many chunks are worked on at once; default 2, so that one
	// is read and prepared while the results of the other are stored.
	Lanes int
	// Silence is how long work may give no sign that it gets on before it is given up and
	// the worker with it; default 10 min. See Alive.
	Silence time.Duration
	// Grace is how long work may take to stop when it is told to; default 10 s.
	Grace time.Duration
}

// Names of the environment variables that carry a WorkerConfig to a child.
const (
	envID       = "SIGHTLINE_WORKER_ID"
	envURL      = "SIGHTLINE_QUEUE_URL"
	envToken    = "SIGHTLINE_QUEUE_TOKEN"
	envIncoming = "SIGHTLINE_INCOMING"
)

// WorkerConfigFromEnv reads what Supervise put into the environment.
func WorkerConfigFromEnv() (WorkerConfig, error) {
	c := WorkerConfig{ID: os.Getenv(envID), URL: os.Getenv(envURL), Token: os.Getenv(envToken), Incoming: os.Getenv(envIncoming)}
	if c.ID == "" || c.URL == "" || c.Token == "" || c.Incoming == "" {
		return c, fmt.Errorf("a worker needs %s, %s, %s and %s: it is started by `sightline serve`, not by hand", envID, envURL, envToken, envIncoming)
	}
	return c, nil
}

// NewWorker makes a worker that can do nothing yet.
func NewWorker(c WorkerConfig) *Worker {
	if c.Lanes == 0 {
		c.Lanes = 2
	}
	if c.Silence == 0 {
		c.Silence = 10 * time.Minute
	}
	if c.Grace == 0 {
		c.Grace = 10 * time.Second
	}
	return &Worker{config: c, chunks: map[string]ChunkHandler{}, calls: map[string]CallHandler{}, gate: gate{first: callGoesFirst}, stops: map[string]context.CancelFunc{}, busy: map[Chunk]bool{}}
}

// Handle says what to do with chunks of a kind of job.
func (w *Worker) Handle(kind string, h ChunkHandler) { w.chunks[kind] = h }

// HandleCall says what to do with interactive requests of a name.
func (w *Worker) HandleCall(name string, h CallHandler) { w.calls[name] = h }

// Run works until ctx is done or the server is gone for good.
func (w *Worker) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := w.connect(cancel); err != nil {
		return err
	}
	defer w.nc.Close()
	js, err := jetstream.New(w.nc)
	if err != nil {
		return fmt.Errorf("open JetStream: %w", err)
	}
	chunks, err := js.Consumer(ctx, streamName, consumerName)
	if err != nil {
		return fmt.Errorf("find the queue of chunks: %w", err)
	}
	suspects, err := js.Consumer(ctx, streamName, suspectsName)
	if err != nil {
		return fmt.Errorf("find the queue of suspect chunks: %w", err)
	}
	if _, err := w.nc.RequestWithContext(ctx, subjectHello, []byte(w.config.ID)); err != nil {
		return fmt.Errorf("say hello to the server: %w", err)
	}
	if err := w.subscribe(ctx); err != nil {
		return err
	}
	var lanes sync.WaitGroup
	var turns sync.RWMutex
	for range w.config.Lanes {
		lanes.Go(func() { w.lane(ctx, chunks, turns.RLocker()) })
	}
	lanes.Go(func() { w.lane(ctx, suspects, &turns) })
	lanes.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

var errServerGone = errors.New("the server is gone")

func (w *Worker) connect(cancel context.CancelCauseFunc) (err error) {
	w.nc, err = nats.Connect(w.config.URL, nats.Token(w.config.Token), nats.Name(w.config.ID),
		nats.MaxReconnects(10), nats.ReconnectWait(200*time.Millisecond),
		nats.ClosedHandler(func(*nats.Conn) { cancel(errServerGone) }))
	if err != nil {
		return fmt.Errorf("connect to the server's queue at %s: %w", w.config.URL, err)
	}
	return nil
}

func (w *Worker) subscribe(ctx context.Context) error {
	if _, err := w.nc.Subscribe(subjectStop, w.onStop); err != nil {
		return fmt.Errorf("subscribe to %s: %w", subjectStop, err)
	}
	for name, handle := range w.calls {
		_, err := w.nc.QueueSubscribe(subjectCall+"."+name, consumerName, func(msg *nats.Msg) {
			go w.answer(ctx, handle, msg)
		})
		if err != nil {
			return fmt.Errorf("subscribe to calls of %s: %w", name, err)
		}
	}
	return w.nc.FlushTimeout(startDeadline)
}

// begin makes the context of a chunk's or call's handler, which the server can cancel by
// its id; ok is false if there is one already. It is watched until release.
func (w *Worker) begin(ctx context.Context, u *underway) (begun context.Context, release func(), ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stops[u.id] != nil {
		return nil, nil, false
	}
	ctx, cancel := context.WithCancel(context.WithValue(ctx, underwayKey{}, u))
	w.stops[u.id] = cancel
	u.worker, u.sign, u.over = w, time.Now(), make(chan struct{})
	go u.attend(ctx)
	return ctx, func() {
		u.rest()
		w.mu.Lock()
		delete(w.stops, u.id)
		w.mu.Unlock()
		cancel()
	}, true
}

func (w *Worker) onStop(msg *nats.Msg) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if cancel := w.stops[string(msg.Data)]; cancel != nil {
		cancel()
	}
}
