package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sightline/sightline/jobs/bus"
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
	t.worker.request(ctx, subjectFound, foundNote{Job: t.Job, Seq: t.Seq, Claim: t.claim, Finding: f}, &struct{}{})
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
	return filepath.Join(t.Incoming, filePrefix(t.Job, t.Seq, t.claim)+ending)
}

func filePrefix(job string, seq int, claim string) string {
	return fmt.Sprintf("%s-%d-%s", job, seq, claim)
}

// ownFile tells whether a name is one that File gives for a claim.
func ownFile(name, job string, seq int, claim string) bool {
	return claim != "" && name == filepath.Base(name) && strings.HasPrefix(name, filePrefix(job, seq, claim)+".")
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
	// Address is where the server is met, in place of URL and Token.
	Address bus.Address
	// Remote tells that Incoming is this worker's own folder, not the server's: results are sent,
	// and no calls are answered. It goes on when its server goes, with the next one.
	Remote bool
	// Hello is what else it tells the server of itself.
	Hello Hello
	// Drain, when it closes, lets the worker finish what it is at, and end.
	Drain <-chan struct{}
	// Lanes is how many chunks are worked on at once; default 2, so that one
	// is read and prepared while the results of the other are stored.
	Lanes int
	// Silence is how long work may give no sign that it gets on before it is given up and
	// the worker with it; default 10 min. See Alive.
	Silence time.Duration
	// Grace is how long work may take to stop when it is told to; default 10 s.
	Grace time.Duration
}

// Names of the environment variables that carry a WorkerConfig to a child; those of its Address
// are the bus's.
const (
	envID       = "SIGHTLINE_WORKER_ID"
	envURL      = "SIGHTLINE_QUEUE_URL"
	envToken    = "SIGHTLINE_QUEUE_TOKEN"
	envIncoming = "SIGHTLINE_INCOMING"
	envRemote   = "SIGHTLINE_WORKER_REMOTE" // the name of its machine
)

// WorkerConfigFromEnv reads what Supervise or Remote put into the environment.
func WorkerConfigFromEnv() (c WorkerConfig, err error) {
	c = WorkerConfig{ID: os.Getenv(envID), Incoming: os.Getenv(envIncoming), Remote: os.Getenv(envRemote) != ""}
	c.Hello.Name = os.Getenv(envRemote)
	if c.Address, err = bus.FromEnvironment(); err != nil {
		return c, err
	}
	if c.ID == "" || c.Incoming == "" {
		return c, fmt.Errorf("a worker needs %s and %s: it is started by `sightline serve`, or with `sightline worker --nats URL`", envID, envIncoming)
	}
	return c, nil
}

// NewWorker makes a worker that can do nothing yet.
func NewWorker(c WorkerConfig) *Worker {
	if c.Address.URL == "" {
		c.Address = bus.Address{URL: c.URL, Token: c.Token, Workspace: bus.Local}
	}
	if c.Hello.Name == "" {
		c.Hello.Name, _ = os.Hostname()
	}
	c.Hello.ID, c.Hello.Remote = c.ID, c.Remote
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
		if !w.config.Remote { // most likely the server of a short command is ending, and this process with it
			time.Sleep(time.Second)
		}
		return err
	}
	defer w.nc.Close()
	js, err := jetstream.New(w.nc)
	if err != nil {
		return fmt.Errorf("open JetStream: %w", err)
	}
	if err := w.greet(ctx); err != nil {
		return err
	}
	chunks, err := w.consumer(ctx, js, consumerName)
	if err != nil {
		return fmt.Errorf("find the queue of chunks: %w", err)
	}
	suspects, err := w.consumer(ctx, js, suspectsName)
	if err != nil {
		return fmt.Errorf("find the queue of suspect chunks: %w", err)
	}
	if err := w.subscribe(ctx); err != nil {
		return err
	}
	w.takeChunks(ctx, chunks, suspects)
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	w.leave()
	return nil
}

// takeChunks takes chunks from the queues until ctx is done, or the worker is to end.
func (w *Worker) takeChunks(ctx context.Context, chunks, suspects jetstream.Consumer) {
	pulling, drained := context.WithCancel(ctx)
	defer drained()
	go func() {
		select {
		case <-w.config.Drain: // nil: never
			drained()
		case <-ctx.Done():
		}
	}()
	var lanes sync.WaitGroup
	var turns sync.RWMutex
	for range w.config.Lanes {
		lanes.Go(func() { w.lane(ctx, pulling, chunks, turns.RLocker()) })
	}
	lanes.Go(func() { w.lane(ctx, pulling, suspects, &turns) })
	lanes.Wait()
}

// consumer finds a consumer of the stream, which a server that starts may still have to make.
func (w *Worker) consumer(ctx context.Context, js jetstream.JetStream, name string) (c jetstream.Consumer, err error) {
	err = bus.Patiently(ctx, func(ctx context.Context) (err error) {
		c, err = js.Consumer(ctx, w.config.Address.Stream(), name)
		return err
	})
	return c, err
}

var errServerGone = errors.New("the server is gone")

func (w *Worker) connect(cancel context.CancelCauseFunc) (err error) {
	again := nats.MaxReconnects(10)
	if w.config.Remote {
		again = bus.Forever
	}
	w.nc, err = w.config.Address.Connect(w.config.ID, bus.Worker, again,
		nats.ClosedHandler(func(*nats.Conn) { cancel(errServerGone) }))
	return err
}

func (w *Worker) subject(name string) string { return w.config.Address.Subject(name) }

func (w *Worker) subscribe(ctx context.Context) error {
	if _, err := w.nc.Subscribe(w.subject(subjectStop), w.onStop); err != nil {
		return fmt.Errorf("subscribe to %s: %w", subjectStop, err)
	}
	for name, handle := range w.calls {
		if w.config.Remote {
			break // who asks waits, and models are added by path
		}
		_, err := w.nc.QueueSubscribe(w.subject(subjectCall)+"."+name, consumerName, func(msg *nats.Msg) {
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
