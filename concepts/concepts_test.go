package concepts

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/thorough"
)

// generated is W·H of known factors with noise: each row has few of them, as positions of images do.
func generated(rows, columns, k int, noise float64, seed uint64) (v, h Matrix) {
	r := rand.New(rand.NewPCG(seed, 5))
	h, v = NewMatrix(k, columns), NewMatrix(rows, columns)
	for i := range h.Values {
		if r.Float64() < 0.3 {
			h.Values[i] = float32(math.Abs(r.NormFloat64()))
		}
	}
	sum := 0.0
	for i := range rows {
		for range 1 + r.IntN(2) {
			weight, t := float32(0.3+r.Float64()), r.IntN(k)
			for c, x := range h.Row(t) {
				v.Row(i)[c] += weight * x
			}
		}
		for _, x := range v.Row(i) {
			sum += float64(x)
		}
	}
	deviation := noise * sum / float64(len(v.Values))
	for i := range v.Values {
		v.Values[i] = max(0, v.Values[i]+float32(deviation*r.NormFloat64()))
	}
	return v, h
}

// Five generated factors under 10 % noise are found again, their number, too.
func TestGeneratedFactorsAreRecovered(t *testing.T) {
	for seed := range thorough.Pick[uint64](1, 3) {
		v, h := generated(40*9, 30, 5, 0.1, seed)
		found, err := Find(v, 9, Options{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if found.Vectors.Rows < 5 || !found.Settled {
			t.Fatalf("seed %d: %d concepts, tried %v", seed, found.Vectors.Rows, found.Tried)
		}
		asked, err := Find(v, 9, Options{Seed: seed, K: 5})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range Match(h, asked.Vectors) {
			if c < 0.9 || !asked.Stable(i) {
				t.Errorf("seed %d: factor %d is found with a cosine of %.3f, returns with %.3f", seed, i, c, asked.Returns[i])
			}
		}
	}
}

// What is noise alone does not return: it is not called stable.
func TestNoiseDoesNotReturn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	v := NewMatrix(40*4, 30)
	for i := range v.Values {
		v.Values[i] = float32(r.ExpFloat64())
	}
	found, err := Find(v, 4, Options{})
	if err != nil || found.Settled {
		t.Fatalf("settled on %d concepts of noise: %v, %v", found.Vectors.Rows, found.Tried, err)
	}
}

// The error is that of scikit-learn's coordinate descent from the same start.
func TestErrorAgainstSklearn(t *testing.T) {
	v, _ := generated(120, 30, 5, 0.2, 9)
	start := Start(v, 5, 3)
	in, err := json.Marshal(map[string]any{"v": v.Values, "w": start.W.Values, "h": start.H.Values, "rows": v.Rows, "columns": v.Columns})
	if err != nil {
		t.Fatal(err)
	}
	const script = `
import json, sys, warnings
import numpy as np
from sklearn.decomposition import NMF
warnings.simplefilter("ignore")
d = json.load(sys.stdin)
v = np.array(d["v"]).reshape(d["rows"], d["columns"])
m = NMF(5, init="custom", solver="cd", max_iter=200, tol=1e-4)
w = m.fit_transform(v, W=np.array(d["w"]).reshape(d["rows"], 5), H=np.array(d["h"]).reshape(5, d["columns"]))
print(((v - w @ m.components_) ** 2).sum() / (v ** 2).sum())
`
	cmd := exec.Command("/usr/bin/python3", "-c", script)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("scikit-learn cannot be asked (Debian: python3-sklearn): %v", err)
	}
	var theirs float64
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatal(err)
	}
	f := Factorise(v, start, Stopping{})
	if ours := Missed(v, f); !(ours <= 1.01*theirs*1) || ours > 0.2 {
		t.Errorf("missed %.6f of the squares after %d rounds, scikit-learn %.6f", ours, f.Rounds, theirs)
	}
}

// Weights has the error of a slow oracle: projected gradient descent of every row.
func TestWeightsAgainstProjectedGradient(t *testing.T) {
	v, h := generated(20, 12, 3, 0.2, 4)
	w := Weights(v, h)
	for i := range v.Rows {
		x := make([]float64, 3)
		for range 20000 {
			var slope [3]float64
			for c, want := range v.Row(i) {
				d := -float64(want)
				for t := range x {
					d += x[t] * float64(h.Row(t)[c])
				}
				for t := range x {
					slope[t] += d * float64(h.Row(t)[c])
				}
			}
			for t := range x {
				x[t] = math.Max(0, x[t]-0.01*slope[t])
			}
		}
		for k := range x {
			if d := math.Abs(x[k] - float64(w.Row(i)[k])); d > 1e-3 {
				t.Errorf("row %d: weight %d is %v, want %v", i, k, w.Row(i)[k], x[k])
			}
		}
	}
}

// The assignment has the sum of the best of all permutations.
func TestAssignmentIsTheBest(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 50 {
		gain := make([][]float64, 1+r.IntN(5))
		columns := len(gain) + r.IntN(3)
		for i := range gain {
			gain[i] = make([]float64, columns)
			for j := range gain[i] {
				gain[i][j] = r.NormFloat64()
			}
		}
		sum := 0.0
		for i, j := range assign(gain) {
			sum += gain[i][j]
		}
		if want := bestSum(gain, make([]bool, columns)); math.Abs(sum-want) > 1e-9 {
			t.Fatalf("sum %v of %v, want %v", sum, gain, want)
		}
	}
}

func bestSum(gain [][]float64, used []bool) float64 {
	if len(gain) == 0 {
		return 0
	}
	best := math.Inf(-1)
	for j := range used {
		if !used[j] {
			used[j] = true
			best = math.Max(best, gain[0][j]+bestSum(gain[1:], used))
			used[j] = false
		}
	}
	return best
}
