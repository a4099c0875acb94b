// Package health tells whoever runs a server how it is: an orchestrator whether it lives and is
// ready, Prometheus how the work stands.
package health

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/sightline/sightline/jobs"
)

// Subject is what is asked how it is.
type Subject struct {
	Reads func(context.Context) error // asks the database for nothing
	Jobs  func() *jobs.Manager
	Queue func() string // where the queue is
}

// Register puts the routes in place: /healthz, /readyz and /metrics.
func Register(mux *http.ServeMux, s Subject) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plainText(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.ready(r.Context()); err != nil {
			plainText(w, http.StatusServiceUnavailable, err.Error()+"\n")
			return
		}
		plainText(w, http.StatusOK, "ok\n")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		err := s.reads(r.Context())
		took := time.Since(began)
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		write(w, s.Jobs().Figures(), took, err == nil, s.Jobs().Connected())
	})
}

func plainText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// readyWithin is how long the database may take to answer a question of no rows.
const readyWithin = 2 * time.Second

// ready tells why jobs would not get on at the moment; nil if they would.
func (s Subject) ready(ctx context.Context) error {
	if err := s.reads(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	if !s.Jobs().Connected() {
		return fmt.Errorf("the queue at %s is not reached", s.Queue())
	}
	if s.Jobs().Workers() == 0 {
		return errors.New("no worker is ready")
	}
	return nil
}

func (s Subject) reads(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	return s.Reads(ctx)
}

// write writes the figures as Prometheus reads them.
func write(w io.Writer, f jobs.Figures, read time.Duration, reads, connected bool) {
	family := func(name, kind, help string, samples ...string) {
		fmt.Fprintf(w, "# HELP sightline_%s %s\n# TYPE sightline_%s %s\n", name, help, name, kind)
		for _, s := range samples {
			fmt.Fprintf(w, "sightline_%s%s\n", name, s)
		}
	}
	value := func(v any) string { return fmt.Sprintf(" %v", v) }
	var states []string
	for _, state := range []jobs.State{jobs.Queued, jobs.Running} {
		states = append(states, fmt.Sprintf("{state=%q} %d", state, f.Jobs[state]))
	}
	family("jobs", "gauge", "Jobs at work.", states...)
	family("chunks", "gauge", "Chunks of jobs at work that are not stored.", fmt.Sprintf(`{state="waiting"} %d`, f.Waiting), fmt.Sprintf(`{state="in_work"} %d`, f.InWork))
	family("chunks_stored_total", "counter", "Chunks stored since the server started.", value(f.Chunks))
	family("items_stored_total", "counter", "Items of stored chunks, such as samples.", value(f.Items))
	family("items_failed_total", "counter", "Items of stored chunks that gave no result.", value(f.Failed))
	family("results_refused_total", "counter", "Results that showed no claim of their chunk, or came from another kind of worker.", value(f.Refused))
	family("worker_deaths_total", "counter", "Workers that ended without being told to.", value(f.Deaths))
	family("store_seconds", "summary", "Time that storing chunks took.")
	fmt.Fprintf(w, "sightline_store_seconds_sum %v\nsightline_store_seconds_count %d\n", f.Storing.Seconds(), f.Chunks)
	family("database_read_seconds", "gauge", "Time that the database took to answer a question of no rows.", value(read.Seconds()))
	family("database_up", "gauge", "Whether it answered.", value(oneIf(reads)))
	family("queue_up", "gauge", "Whether the queue is reached.", value(oneIf(connected)))
	workerFamilies(family, f.Workers)
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// workerFamilies are the figures of workers: how many of each kind, and what each gets done.
func workerFamilies(family func(name, kind, help string, samples ...string), list []jobs.WorkerState) {
	type kind struct {
		name   string
		remote bool
	}
	count := map[kind]int{}
	var rates, items []string
	for _, one := range list {
		count[kind{one.Kind, one.Remote}]++
		rates = append(rates, fmt.Sprintf("{worker=%q,machine=%q} %v", one.ID, one.Name, one.Rate))
		items = append(items, fmt.Sprintf("{worker=%q,machine=%q} %d", one.ID, one.Name, one.Items))
	}
	var kinds []string
	for _, k := range slices.SortedFunc(maps.Keys(count), func(a, b kind) int { return cmp.Or(cmp.Compare(a.name, b.name), oneIf(a.remote)-oneIf(b.remote)) }) {
		kinds = append(kinds, fmt.Sprintf("{kind=%q,remote=\"%v\"} %d", k.name, k.remote, count[k]))
	}
	family("workers", "gauge", "Workers that are ready.", kinds...)
	family("worker_items_per_second", "gauge", "Items that a worker gets done, over the last ten seconds.", rates...)
	family("worker_items_total", "counter", "Items that a worker did since it is here.", items...)
}
