package findings

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/stats"
)

// drawn makes a table without any problem: a calibrated model, errors that fall evenly, sizes,
// folders and formats that have nothing to do with them, train and test drawn alike.
func drawn(r *rand.Rand, n, classes int) *Answers {
	t := &Answers{Splits: []string{"train", "test"}, Folders: []string{"a", "b", "c"}, Formats: []string{"jpeg", "png"}, Of: "split=test",
		Regions: []Presence{{"head", map[int64]bool{}}}}
	for range classes {
		t.Classes = append(t.Classes, string(rune('a'+len(t.Classes))))
	}
	for id := range 2 * n {
		a := Answer{Sample: int64(id), Split: int32(id % 2), Inside: id%2 == 1, Copy: -1, Printed: true, Other: -1, Truth: int32(r.IntN(classes)),
			Folder: int32(r.IntN(3)), Format: int32(r.IntN(2)), Width: 200 + 200*r.Float64(), Height: 200 + 200*r.Float64(), Bytes: 1e4 * r.Float64()}
		a.Confidence = sigmoid(2.5 + 2*r.NormFloat64())
		if a.Confidence < 1/float64(classes) {
			a.Confidence = 1 / float64(classes)
		}
		if a.Predicted = a.Truth; r.Float64() >= a.Confidence {
			a.Predicted = (a.Truth + 1 + int32(r.IntN(classes-1))) % int32(classes)
			if a.Confidence > 0.8 {
				a.Other = a.Predicted
			}
		}
		t.Regions[0].Has[a.Sample] = r.IntN(2) == 0
		t.List = append(t.List, a)
	}
	return t
}

// How often each kind fires on tables without its problem: each is corrected to at most one
// in twenty, and what goes by bytes never does.
func TestFiguresAreQuietOnCleanData(t *testing.T) {
	const tables = 200
	fired := map[string]int{}
	for seed := range uint64(tables) {
		r := rand.New(rand.NewPCG(seed, 13))
		list, quiet := Figures(drawn(r, 250+50*int(seed%3), 3+int(seed%4)))
		kinds := map[string]bool{}
		for _, s := range list {
			kinds[s.Kind] = true
		}
		for kind := range kinds {
			fired[kind]++
		}
		if len(kinds)+len(quiet) != 9 {
			t.Fatalf("%d kinds are found, %d not, of 9", len(kinds), len(quiet))
		}
	}
	t.Logf("of %d tables: %v", tables, fired)
	for kind, n := range fired {
		most := 0 // at 1 in 20, so many or more come in fewer than 1 of 100 runs
		for most = 1; stats.BinomialTail(most, tables, 0.05) > 0.01; most++ {
		}
		if kind == Leak || kind == Duplicate || n >= most {
			t.Errorf("%s fires on %d of %d tables without it", kind, n, tables)
		}
	}
}

// A class with few training images that errs no more than others is not accused: errors fall
// evenly here, whatever the model was trained on.
func TestFewImagesAloneAreNoLack(t *testing.T) {
	fired := 0
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 14))
		table := drawn(r, 300, 4)
		for i := range table.List {
			if a := &table.List[i]; !a.Inside && a.Truth == 0 && r.IntN(4) > 0 {
				a.Truth = 1
			}
		}
		list, none := lacking(newInspection(table))
		if !strings.HasPrefix(none, "Lack of data: 1 of 4 classes") {
			t.Fatal(none)
		}
		fired += len(list)
	}
	if t.Logf("of 80: %d", fired); fired > 6 {
		t.Errorf("%d of 80 tables without a lack of data", fired)
	}
}

// only finds the one statement of a kind.
func only(t *testing.T, table *Answers, kind string) Statement {
	t.Helper()
	list, _ := Figures(table)
	i := slices.IndexFunc(list, func(s Statement) bool { return s.Kind == kind })
	if i < 0 {
		t.Fatalf("%s is not found: %+v", kind, list)
	}
	s := list[i]
	if s.Low > s.Effect || s.High < s.Effect || s.Text == "" || s.Next == "" || s.Short == "" || s.N == 0 || s.WonLow > s.Won || s.WonHigh < s.Won {
		t.Errorf("%+v", s)
	}
	return s
}

// What is planted is found, in words that say it.
func TestFiguresFindWhatIsPlanted(t *testing.T) {
	for name, c := range map[string]struct {
		kind  string
		plant func(r *rand.Rand, a *Answer, t *Answers)
		key   string
		says  string
		door  string
	}{
		"confusion": {Confusion, func(r *rand.Rand, a *Answer, t *Answers) {
			if a.Truth == 0 && r.IntN(4) == 0 {
				a.Predicted = 2
			}
		}, "confusion/a/c", "A is taken for c in ", "label=0&predicted=2&split=test"},
		"labels": {Label, func(r *rand.Rand, a *Answer, t *Answers) {
			if r.IntN(12) == 0 {
				a.Truth = (a.Truth + 1 + int32(r.IntN(3))) % 4
				a.Other = a.Predicted
			}
		}, "label", "labels are probably wrong", "correct=false&confidence=0."},
		"slice": {Slice, func(r *rand.Rand, a *Answer, t *Answers) {
			if a.Folder == 1 && r.IntN(3) == 0 {
				a.Predicted = (a.Truth + 1 + int32(r.IntN(3))) % 4
			}
		}, "slice/folder/b", "Images in the folder b are wrong in ", "correct=false&q=b/&split=test"},
		"region": {Slice, func(r *rand.Rand, a *Answer, t *Answers) {
			if !t.Regions[0].Has[a.Sample] && r.IntN(3) == 0 {
				a.Predicted = (a.Truth + 1 + int32(r.IntN(3))) % 4
			}
		}, "slice/without/head", "Images without a region head are wrong in ", ""},
		"calibration": {Calibration, func(r *rand.Rand, a *Answer, t *Answers) { a.Confidence = 1 - (1-a.Confidence)/5 }, "calibration/over", "points too sure", "correct=false&confidence=0.9-&split=test"},
		"timid":       {Calibration, func(r *rand.Rand, a *Answer, t *Answers) { a.Confidence *= 0.8 }, "calibration/under", "points too unsure", "correct=true&confidence=-0.5&split=test"},
		"preprocessing": {Preprocessing, func(r *rand.Rand, a *Answer, t *Answers) { a.Predicted = int32(r.IntN(4)) }, "preprocessing",
			"often than a guess", "correct=false&split=test"},
		"shift": {Shift, func(r *rand.Rand, a *Answer, t *Answers) {
			if a.Inside {
				a.Width *= 1.5
				a.Height *= 1.5
			}
		}, "shift/train/test", "Test differs from train in sizes (medians 2", "split=train"},
		"leak": {Leak, func(r *rand.Rand, a *Answer, t *Answers) { a.Copy = int32(a.Sample / 2 % 100) }, "leak", "are, byte for byte, in the training split, too", ""},
		"duplicate": {Duplicate, func(r *rand.Rand, a *Answer, t *Answers) {
			if a.Sample < 40 {
				a.Copy = int32(a.Sample / 4 % 10)
			}
		}, "duplicate", "are copies", ""},
		"data": {Data, func(r *rand.Rand, a *Answer, t *Answers) {
			if a.Truth != 3 {
				return
			}
			if !a.Inside && r.IntN(6) > 0 {
				a.Truth = int32(r.IntN(3))
			}
			if a.Inside && r.IntN(3) == 0 {
				a.Predicted = int32(r.IntN(3))
			}
		}, "data/d", "training images", "label=3&correct=false&split=test"},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 3))
			table := drawn(r, 600, 4)
			for i := range table.List {
				c.plant(r, &table.List[i], table)
			}
			s := only(t, table, c.kind)
			if s.Key != c.key || !strings.Contains(s.Text, c.says) {
				t.Errorf("%s: %s", s.Key, s.Text)
			}
			if c.door != "" && (len(s.Doors) == 0 || !strings.HasPrefix(s.Doors[0].Slice, c.door)) {
				t.Errorf("doors %v", s.Doors)
			}
		})
	}
}

// A cell whose labels are wrong has another culprit than one in which the model errs.
func TestCulprits(t *testing.T) {
	for _, labels := range []bool{false, true} {
		r := rand.New(rand.NewPCG(5, 5))
		table := drawn(r, 800, 4)
		for i := range table.List {
			a := &table.List[i]
			switch {
			case labels && a.Truth == 2 && a.Predicted == 2 && r.IntN(6) == 0:
				a.Truth, a.Other = 0, 2
			case !labels && a.Truth == 0 && r.IntN(5) == 0:
				a.Predicted, a.Confidence = 2, 0.4+0.3*r.Float64()
			}
		}
		s := only(t, table, Confusion)
		want := "the model is the likelier culprit"
		if labels {
			want = "The labels are the likelier culprit"
		}
		if s.Key != "confusion/a/c" || !strings.Contains(s.Text, want) {
			t.Errorf("labels %v: %s", labels, s.Text)
		}
	}
}

// The share of wrong labels is recovered, whatever the temperature of the model.
func TestNoiseIsRecovered(t *testing.T) {
	for _, temperature := range []float64{0.5, 1, 2} {
		r := rand.New(rand.NewPCG(7, 7))
		table := drawn(r, 3000, 4)
		for i := range table.List {
			a := &table.List[i]
			if a.Confidence = sigmoid(level(a.Confidence) / temperature); r.Float64() < 0.05 {
				a.Predicted = (a.Truth + 1) % 4
			}
		}
		if f := findNoise(table.inside()); f.rate < 0.03 || f.rate > 0.07 || f.low > 0.05 || f.high < 0.045 || math.Abs(f.a-temperature) > 0.3*temperature {
			t.Errorf("temperature %v: %+v", temperature, f)
		}
	}
}

// What was looked for in vain is counted in the number there is.
func TestWhatIsNotFoundIsCountedRight(t *testing.T) {
	_, quiet := Figures(drawn(rand.New(rand.NewPCG(3, 3)), 600, 4))
	i := slices.IndexFunc(quiet, func(q Quiet) bool { return q.Kind == Shift })
	if i < 0 || !strings.Contains(quiet[i].Text, " of 1 pair of splits ") {
		t.Errorf("%q", quiet)
	}
	if one, none := tooFew(1, 30), tooFew(0, 30); !strings.Contains(one, "1 image is") || !strings.Contains(none, "0 images are") {
		t.Errorf("%q, %q", one, none)
	}
}
