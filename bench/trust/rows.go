package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/trust"
)

// key names a map.
type key struct {
	Model  string `json:"model"`
	File   string `json:"file"`
	Method string `json:"method"`
}

// row is an assessed map, or why there is none.
type row struct {
	key
	Refused     string       `json:"refused,omitempty"`
	Seconds     float64      `json:"seconds"`
	Evaluations int          `json:"evaluations"`
	Trust       *trust.Trust `json:"trust,omitempty"`
}

// rows is the file of what is assessed so far.
type rows struct {
	mu    sync.Mutex
	file  *os.File
	known map[key]row
	order []key
}

func openRows(path string) (*rows, error) {
	r := &rows{known: map[key]row{}}
	old, err := os.Open(path)
	if err == nil {
		defer old.Close()
		lines := bufio.NewScanner(old)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var line row
			if json.Unmarshal(lines.Bytes(), &line) == nil {
				r.keep(line)
			}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	r.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return r, err
}

func (r *rows) keep(line row) {
	r.known[line.key] = line
	r.order = append(r.order, line.key)
}

func (r *rows) has(k key) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.known[k]
	return ok
}

func (r *rows) add(line row) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keep(line)
	data, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = r.file.Write(append(data, '\n'))
	return err
}

// print writes the table: means over photos with 95 % intervals. gain is a map's
// insertion − deletion less the mean of its permuted controls', photo by photo.
func (r *rows) print(w io.Writer, methods []string) {
	fmt.Fprintln(w, "| method | maps | insertion | its cells permuted | deletion | its cells permuted | gain over permuted | gain over the centre | green | amber | red | runs of the model |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, method := range methods {
		r.printMethod(w, method)
	}
}

func (r *rows) printMethod(w io.Writer, method string) {
	var ins, insControl, del, delControl, gain, centre, runs []float64
	verdicts, all, refused := map[trust.Verdict]int{}, 0, 0
	for _, k := range r.order {
		line := r.known[k]
		if k.Method != method {
			continue
		}
		all++
		if line.Trust == nil {
			refused++
			continue
		}
		t := line.Trust
		verdicts[t.Verdict]++
		runs = append(runs, float64(line.Evaluations))
		if len(t.Controls) == 0 {
			continue // degenerate: nothing was run
		}
		var ci, cd float64
		for _, c := range t.Controls {
			ci, cd = ci+c.Insertion/float64(len(t.Controls)), cd+c.Deletion/float64(len(t.Controls))
		}
		ins, insControl, del, delControl = append(ins, t.Map.Insertion), append(insControl, ci), append(del, t.Map.Deletion), append(delControl, cd)
		gain = append(gain, t.Map.Difference-(ci-cd))
		centre = append(centre, t.Map.Difference-t.Centre.Difference)
	}
	if all == refused {
		fmt.Fprintf(w, "| %s | %d, all refused | | | | | | | | | | |\n", method, all)
		return
	}
	assessed := float64(all - refused)
	share := func(v trust.Verdict) string { return fmt.Sprintf("%.0f %%", 100*float64(verdicts[v])/assessed) }
	fmt.Fprintf(w, "| %s | %d | %.3f | %.3f | %.3f | %.3f | %s | %s | %s | %s | %s | %.0f |\n", method, len(gain), mean(ins), mean(insControl), mean(del), mean(delControl),
		interval(gain), interval(centre), share(trust.Green), share(trust.Amber), share(trust.Red), mean(runs))
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(1, len(v)))
}

// interval writes a mean with its interval of 95 %.
func interval(values []float64) string {
	samples := make([]stats.Sample, len(values))
	for i, v := range values {
		samples[i].Value = v
	}
	e := stats.Mean(samples)
	if !e.Known {
		return fmt.Sprintf("%+.3f", e.Mean)
	}
	return fmt.Sprintf("%+.3f (%+.3f to %+.3f)", e.Mean, e.Low, e.High)
}
