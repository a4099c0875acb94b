package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/sightline/sightline/bench/internal/floor"
)

// task is one table: photographs and a model, and the ways to the same files.
type task struct {
	settings
	title, model, photos string
	n                    int
	ways                 []way
}

// compare makes the table of one model on photographs of 224×224 pixels.
func compare(s settings, model string) error {
	photos := filepath.Join(s.work, "photos-224")
	if err := makePhotos(s.photos, photos, s.n, 224, 224); err != nil {
		return err
	}
	t := &task{settings: s, title: fmt.Sprintf("%s, %d photographs of 224×224", model, s.n), model: filepath.Join(s.work, model+".onnx"), photos: photos, n: s.n}
	t.ways = append(t.ourWays(), t.peers(model)...)
	return t.run()
}

// compareBig makes the table of large photographs and a model that takes one at a time.
func compareBig(s settings) error {
	photos := filepath.Join(s.work, "photos-12-megapixels")
	if err := makePhotos(s.photos, photos, s.big, 4000, 3000); err != nil {
		return err
	}
	t := &task{settings: s, title: fmt.Sprintf("mobilenet_v2 of batch 1, %d photographs of 4000×3000", s.big), model: filepath.Join(s.work, "mobilenet_v2.batch1.onnx"), photos: photos, n: s.big}
	t.ways = append(t.ourWays(), t.peers("mobilenet_v2")...)
	return t.run()
}

// run measures each way once per round, in turn, and prints the table.
func (t *task) run() error {
	best, err := floor.Best(io.Discard, t.model)
	if err != nil {
		return err
	}
	var alone []float64
	times := make([][]taken, len(t.ways))
	for round := range t.rounds + 1 {
		took, err := best.Time(t.model, t.n)
		if err != nil {
			return err
		}
		for i, w := range t.ways {
			got, err := t.once(w, round == 0)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			times[i] = append(times[i], got)
		}
		if round >= t.first() {
			alone = append(alone, took.Seconds())
		}
	}
	t.print(best, median(alone), times)
	return nil
}

// first is the first round that counts: before it what is read from disk comes into memory, and
// the memory of processes is looked at.
func (t *task) first() int { return min(1, t.rounds) }

// taken is what a way took: seconds of each command, and of the round that looks, megabytes.
type taken struct {
	steps     []float64
	megabytes int64
}

func (t taken) seconds() (sum float64) {
	for _, s := range t.steps {
		sum += s
	}
	return sum
}

// once goes one way, from nothing, and looks whether the files are there.
func (t *task) once(w way, look bool) (got taken, err error) {
	dir, err := os.MkdirTemp(t.work, "way-*")
	if err != nil {
		return got, err
	}
	defer os.RemoveAll(dir)
	for _, c := range w.commands(dir) {
		seconds, megabytes, err := c.run(look)
		if err != nil {
			return got, err
		}
		got.steps = append(got.steps, seconds)
		got.megabytes = max(got.megabytes, megabytes)
	}
	for _, ending := range []string{"*.npy", "*.png"} {
		if found, err := filepath.Glob(filepath.Join(dir, "out", ending)); err != nil || len(found) != t.n {
			return got, errors.Join(fmt.Errorf("made %d of %d files %s", len(found), t.n, ending), err)
		}
	}
	return got, nil
}

func (t *task) print(best floor.Setting, alone float64, times [][]taken) {
	fmt.Printf("\n%s; ONNX Runtime alone (%s): T₁ %.2f s\n", t.title, best, alone)
	fmt.Println("way                                                         seconds    ÷ T₁   ours faster   memory   of it")
	ours := median(totals(times[0][t.first():]))
	for i, w := range t.ways {
		rounds := times[i][t.first():]
		seconds := median(totals(rounds))
		gain := ""
		if i > 0 {
			gain = fmt.Sprintf("%.2f×", seconds/ours)
		}
		fmt.Printf("%-58s %8.2f  %6.2f  %12s  %4d MB  ", w.name, seconds, seconds/alone, gain, times[i][0].megabytes)
		for step, name := range w.steps {
			var list []float64
			for _, r := range rounds {
				list = append(list, r.steps[step])
			}
			fmt.Printf(" %s %.2f", name, median(list))
		}
		fmt.Println()
	}
}

func totals(rounds []taken) (list []float64) {
	for _, r := range rounds {
		list = append(list, r.seconds())
	}
	return list
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
