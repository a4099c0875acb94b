package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/internal/natstest"
	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/jobs/children"
	"github.com/sightline/sightline/workspace"
)

// kindEnv forges the kind of a worker.
const kindEnv = "SIGHTLINE_JOBS_TEST_KIND"

// roleEnv makes this test binary play a worker or a server.
const roleEnv = "SIGHTLINE_JOBS_TEST_ROLE"

func TestMain(m *testing.M) {
	natstest.Main()
	switch os.Getenv(roleEnv) {
	case "worker":
		workerMain()
	case "server":
		serverMain()
	default:
		os.Exit(m.Run())
	}
}

// squares is the parameters of the test's kind of job: square the numbers
// 0..Items-1, slowly, dying of some.
type squares struct {
	Name   string `json:"name"` // subject of the job
	Items  int    `json:"items"`
	Chunk  int    `json:"chunk"`
	Delay  int    `json:"delay"`  // microseconds an item
	Poison []int  `json:"poison"` // items that kill the worker
	Bad    []int  `json:"bad"`    // items that fail without harm
	Hang   []int  `json:"hang"`   // items that neither end nor stop
	Slow   []int  `json:"slow"`   // items that take a second, and say so
	Pad    int    `json:"pad"`    // extra bytes of result an item
	Refuse bool   `json:"refuse"` // the handler returns an error
	Bulk   int    `json:"bulk"`   // extra bytes of payload a chunk
	List   bool   `json:"list"`   // the job has a list
	Files  bool   `json:"files"`  // a chunk leaves two files
}

type squareResult struct {
	Items   []int
	Pad     []byte
	Payload int // bytes that came
}

func workerMain() {
	children.HoldLifeline()
	config, err := WorkerConfigFromEnv()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	config.Silence, config.Grace = 3*time.Second, time.Second
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	config.Drain, config.Hello.Version, config.Hello.Kind = ctx.Done(), "7", os.Getenv(kindEnv)
	w := NewWorker(config)
	w.Handle("squares", squareChunk)
	w.HandleCall("echo", func(ctx context.Context, payload []byte, reply func([]byte) error) error { return reply(payload) })
	w.HandleCall("big", func(ctx context.Context, payload []byte, reply func([]byte) error) error {
		n, _ := strconv.Atoi(string(payload))
		return reply(bytes.Repeat([]byte("x"), n))
	})
	w.HandleCall("die", func(context.Context, []byte, func([]byte) error) error {
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	})
	w.HandleCall("refuse", func(context.Context, []byte, func([]byte) error) error {
		return &Coded{Code: "no", Message: "it will not be done"}
	})
	w.HandleCall("tick", tick)
	w.HandleCall("hang", func(context.Context, []byte, func([]byte) error) error { select {} })
	if err := w.Run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tick replies until it is stopped, then leaves the file named in the payload.
func tick(ctx context.Context, payload []byte, reply func([]byte) error) error {
	for i := 0; ctx.Err() == nil; i++ {
		reply([]byte(strconv.Itoa(i)))
		time.Sleep(10 * time.Millisecond)
	}
	return os.WriteFile(string(payload), []byte("stopped"), 0o644)
}

func squareChunk(ctx context.Context, t *Task) (Result, error) {
	var p squares
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return Result{}, err
	}
	if p.Refuse {
		return Result{}, fmt.Errorf("the model file is not there")
	}
	r := squareResult{Pad: make([]byte, p.Pad*t.Count), Payload: len(t.Payload)}
	var failed []Failure
	for i := t.First; i < t.End(); i++ {
		if slices.Contains(p.Poison, i) {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		if slices.Contains(p.Hang, i) {
			select {}
		}
		if slices.Contains(p.Slow, i) {
			end := Tell(ctx, fmt.Sprintf("item %d", i), time.Second)
			time.Sleep(time.Second)
			end()
		}
		if err := t.Yield(ctx); err != nil {
			return Result{}, err
		}
		time.Sleep(time.Duration(p.Delay) * time.Microsecond)
		r.Items = append(r.Items, i*i)
		if slices.Contains(p.Bad, i) {
			failed = append(failed, Failure{Item: i, Reason: "bad"})
			r.Items[len(r.Items)-1] = -1
		}
		t.Report(len(r.Items))
	}
	data, err := json.Marshal(r)
	result := Result{Data: data, Failed: failed}
	if p.Files {
		result.Path, result.Beside = t.File(".first"), t.File(".second")
		err = errors.Join(err, os.WriteFile(result.Path, []byte("first"), 0o644), os.WriteFile(result.Beside, []byte("second"), 0o644))
	}
	return result, err
}

// squarePlanner is the server half. It counts what it is asked to do.
type squarePlanner struct {
	mu      sync.Mutex
	ingests int
	plans   int
	paths   int // results that came as files
	files   int // chunks that came with both of theirs
	least   int // bytes of the smallest payload that came to a worker

	manager  *Manager
	ingested map[string]int // how often a chunk of a job was

	incoming string
}

func (p *squarePlanner) Describe(_ context.Context, params json.RawMessage) (Description, error) {
	var s squares
	if err := json.Unmarshal(params, &s); err != nil {
		return Description{}, err
	}
	if s.Items < 0 {
		return Description{}, fmt.Errorf("items must not be negative")
	}
	return Description{Title: "squares " + s.Name, Subject: s.Name}, nil
}

func (p *squarePlanner) Plan(_ context.Context, job Job, note func(string)) (int, int, error) {
	note("counting")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plans++
	var s squares
	err := json.Unmarshal(job.Params, &s)
	if err == nil && s.List {
		_, err = p.manager.PutItems(context.Background(), job.ID, make([]int64, s.Items))
	}
	return s.Items, s.Chunk, err
}

func (p *squarePlanner) Payload(_ context.Context, job Job, _ Chunk) ([]byte, error) {
	var s squares
	err := json.Unmarshal(job.Params, &s)
	return append(slices.Clip(job.Params), bytes.Repeat([]byte(" "), s.Bulk)...), err
}

func (p *squarePlanner) Ingest(ctx context.Context, tx *workspace.Tx, job Job, c Chunk, r Result) error {
	p.mu.Lock()
	p.ingests++
	if files, _ := filepath.Glob(filepath.Join(p.incoming, fmt.Sprintf("%s-%d-*.result", c.Job, c.Seq))); len(files) > 0 {
		p.paths++
	}
	first, _ := os.ReadFile(r.Path)
	if second, _ := os.ReadFile(r.Beside); string(first) == "first" && string(second) == "second" {
		p.files++
	}
	p.mu.Unlock()
	var got squareResult
	if err := json.Unmarshal(r.Data, &got); err != nil {
		return err
	}
	p.mu.Lock()
	p.ingested[fmt.Sprintf("%s-%d", c.Job, c.Seq)]++
	if p.least == 0 || got.Payload < p.least {
		p.least = got.Payload
	}
	p.mu.Unlock()
	for i, v := range got.Items {
		if _, err := tx.Exec(ctx, `INSERT INTO results VALUES (?, ?, ?)`, job.ID, c.First+i, v); err != nil {
			return err
		}
	}
	return nil
}

func (p *squarePlanner) Quarantine(ctx context.Context, tx *workspace.Tx, job Job, item int, reason string) error {
	_, err := tx.Exec(ctx, `INSERT INTO quarantine VALUES (?, ?, ?)`, job.ID, item, reason)
	return err
}

func (p *squarePlanner) Finish(context.Context, Job) (json.RawMessage, error) {
	return json.RawMessage(`{"finished":true}`), nil
}

// rig is a whole server with real NATS, real DuckDB and real worker processes.
type rig struct {
	ws      *workspace.Workspace
	queue   bus.Bus
	manager *Manager
	planner *squarePlanner
	workers *children.Supervisor
}

// startRig opens the workspace at path; workers may be 0.
func startRig(path string, workers int) (*rig, error) {
	queue, err := StartQueue()
	if err != nil {
		return nil, err
	}
	return startRigOn(queue, path, workers, Options{})
}

// startRigOn does so on a queue, which it closes.
func startRigOn(queue bus.Bus, path string, workers int, o Options) (*rig, error) {
	r := &rig{queue: queue, planner: &squarePlanner{ingested: map[string]int{}}}
	var err error
	if r.ws, err = workspace.Open(path, workspace.Options{MemoryLimit: "256MB", Threads: 1}); err != nil {
		return nil, err
	}
	err = r.ws.Update(context.Background(), func(tx *workspace.Tx) error {
		_, err := tx.Exec(context.Background(), `CREATE TABLE IF NOT EXISTS results (job VARCHAR, item BIGINT, value BIGINT);
			CREATE TABLE IF NOT EXISTS quarantine (job VARCHAR, item BIGINT, reason VARCHAR)`)
		return err
	})
	if err != nil {
		return nil, err
	}
	store, err := NewSQLStore(context.Background(), r.ws)
	if err != nil {
		return nil, err
	}
	o.Incoming, o.AckWait, o.CallWait = r.ws.Incoming(), time.Second, 5*time.Second
	if r.manager, err = NewManager(context.Background(), store, r.queue, o); err != nil {
		return nil, err
	}
	r.planner.incoming, r.planner.manager = r.manager.Incoming(), r.manager
	r.manager.Register("squares", r.planner)
	if workers > 0 {
		r.workers = Supervise(r.manager, children.Options{Command: []string{os.Args[0]}, Env: []string{roleEnv + "=worker"}, Count: workers, Stderr: os.Stderr})
	}
	return r, nil
}

func (r *rig) close() {
	if r.workers != nil {
		r.workers.Close()
	}
	r.manager.Close()
	r.queue.Close()
	r.ws.Close()
}

func newRig(t *testing.T, path string, workers int) *rig {
	t.Helper()
	r, err := startRig(path, workers)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// dbPath is a fresh workspace that is removed after the test.
func dbPath(t *testing.T) string { return filepath.Join(t.TempDir(), "workspace") }

func (r *rig) submit(t *testing.T, s squares) Job {
	t.Helper()
	job, err := r.manager.Submit(context.Background(), "squares", s)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func (r *rig) wait(t *testing.T, id string) Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	job, err := r.manager.Wait(ctx, id)
	if err != nil {
		t.Fatalf("waiting for %s: %v; it stands at %+v", id, err, job)
	}
	return job
}

// check fails unless every item of the job but the missing has one right row.
func (r *rig) check(t *testing.T, job Job, missing ...int) {
	t.Helper()
	rows, err := r.ws.Query(context.Background(), `SELECT item, value FROM results WHERE job = ? ORDER BY item`, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	next := 0
	for rows.Next() {
		var item, value int
		if err := rows.Scan(&item, &value); err != nil {
			t.Fatal(err)
		}
		for slices.Contains(missing, next) {
			next++
		}
		if item != next || value != item*item {
			t.Fatalf("row of item %d: got item %d, value %d", next, item, value)
		}
		next++
	}
	for slices.Contains(missing, next) {
		next++
	}
	if next != job.Items {
		t.Fatalf("rows end at item %d of %d", next, job.Items)
	}
}

// until polls a condition that must come true within a few seconds.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("still waiting for: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
