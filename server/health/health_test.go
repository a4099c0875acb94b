package health

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/jobs"
)

// Every line is one that Prometheus reads, each family is told of before its samples, and the
// figures are those that were given.
func TestMetrics(t *testing.T) {
	var text strings.Builder
	f := jobs.Figures{Jobs: map[jobs.State]int{jobs.Running: 2}, Waiting: 7, InWork: 3, Chunks: 11, Items: 110, Failed: 4, Refused: 1, Storing: 5500 * time.Millisecond}
	for _, name := range []string{"a", `b"\`} {
		f.Workers = append(f.Workers, jobs.WorkerState{Hello: jobs.Hello{ID: name, Name: name, Kind: "k", Remote: true}, Items: 55, Rate: 1.5})
	}
	write(&text, f, 3*time.Millisecond, true, false)
	sample := regexp.MustCompile(`^sightline_([a-z_]+?)(_sum|_count)?(\{[a-z]+="([^"\\]|\\["\\n])*"(,[a-z]+="([^"\\]|\\["\\n])*")*\})? [-+0-9.e]+$`)
	told := map[string]bool{}
	for line := range strings.Lines(text.String()) {
		line = strings.TrimSuffix(line, "\n")
		if kind, ok := strings.CutPrefix(line, "# TYPE sightline_"); ok {
			name, _, _ := strings.Cut(kind, " ")
			if told[name] {
				t.Errorf("%s is told of twice", name)
			}
			told[name] = true
		}
		if strings.HasPrefix(line, "# ") {
			continue
		}
		match := sample.FindStringSubmatch(line)
		if match == nil || !told[match[1]] {
			t.Errorf("%q is no sample of a family that was told of", line)
		}
	}
	for _, want := range []string{
		`sightline_jobs{state="running"} 2`, `sightline_chunks{state="waiting"} 7`, `sightline_chunks{state="in_work"} 3`,
		"sightline_chunks_stored_total 11", "sightline_items_failed_total 4", "sightline_results_refused_total 1", "sightline_store_seconds_sum 5.5",
		"sightline_store_seconds_count 11", "sightline_queue_up 0", "sightline_database_up 1", `sightline_workers{kind="k",remote="true"} 2`,
		`sightline_worker_items_per_second{worker="b\"\\",machine="b\"\\"} 1.5`,
	} {
		if !strings.Contains(text.String(), want+"\n") {
			t.Errorf("%s is missing in\n%s", want, text.String())
		}
	}
}
