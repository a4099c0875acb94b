package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/perturb"
)

// kept is a map as the cache has it.
type kept struct {
	Width, Height int
	Values        []float32
	Evaluations   int
}

// A series is the maps of one run of a method after so many forwards, the
// untouched image's included. Runs of one series share what the model said.
type series struct {
	name     string
	seed     uint64 // added to the photograph's
	forwards []int
	late     []int // further ones, once all photographs have the others
	method   func(perturbations int) attribution.Method
}

// The names of the series.
const (
	reference  = "reference"
	rise       = "RISE"
	planned    = "RISE, structured masks"
	factorial  = "structured design"
	random     = "random halves"
	factorialH = "structured design, hard edges"
	randomH    = "random halves, hard edges"
	stopped    = "RISE until its halves agree"
	stoppedP   = "RISE, structured masks, until its halves agree"
)

// referenceRuns is the length of a reference run, in forwards.
const referenceRuns = 8001

func riseOf(n int) attribution.Method { return perturb.RISE{Limit: n, Correlation: 2} }

var allSeries = []series{
	{reference, 1000, []int{referenceRuns}, nil, riseOf},
	{rise, 2000, []int{130, 257, 513, 1025}, []int{2049, 4097, referenceRuns}, riseOf},
	{planned, 3000, []int{129, 257, 513, 1025}, nil, func(n int) attribution.Method {
		return perturb.RISE{Limit: n, Correlation: 2, Structured: true}
	}},
	{factorial, 0, []int{129, 257, 513, 1025}, nil, func(n int) attribution.Method { return perturb.Factorial{Runs: n} }},
	{random, 0, []int{129, 257, 513, 1025}, nil, func(n int) attribution.Method { return perturb.Factorial{Runs: n, Random: true} }},
	{factorialH, 0, nil, []int{129, 513}, func(n int) attribution.Method { return perturb.Factorial{Runs: n, Hard: true} }},
	{randomH, 0, nil, []int{129, 513}, func(n int) attribution.Method { return perturb.Factorial{Runs: n, Random: true, Hard: true} }},
	{stopped, 4000, nil, []int{stoppedRuns}, func(n int) attribution.Method { return perturb.RISE{Limit: n} }},
	{stoppedP, 5000, nil, []int{stoppedRuns}, func(n int) attribution.Method { return perturb.RISE{Limit: n, Structured: true} }},
}

// stoppedRuns is the limit of runs that end when their halves correlate by 0.95.
const stoppedRuns = 4001

// all is every number of forwards of a series.
func (s series) all() []int { return slices.Concat(s.forwards, s.late) }

// makeAll makes the maps of a photograph that the cache does not have.
func (w work) makeAll(ctx context.Context, cache string, late bool) error {
	x, g, err := w.input()
	if err != nil {
		return err
	}
	folder := filepath.Join(cache, w.subject.model, strings.TrimSuffix(filepath.Base(w.file), filepath.Ext(w.file)))
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	for _, s := range allSeries {
		cached, list := &attribution.CachedScores{}, s.forwards
		if late {
			list = s.late
		}
		for _, n := range list {
			path := filepath.Join(folder, s.file(n))
			if _, err := os.Stat(path); err == nil {
				continue
			}
			r := attribution.Request{Input: x, Geometry: g, Truth: attribution.NoTruth, Seed: w.seed + s.seed, Cached: cached}
			m, err := attribution.Explain(ctx, s.method(n-1), w.model, r, nil)
			if err != nil {
				return err
			}
			if err := keep(path, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s series) file(forwards int) string {
	return strings.NewReplacer(", ", "-", " ", "-").Replace(s.name) + "-" + strconv.Itoa(forwards) + ".json"
}

func keep(path string, m *attribution.Map) error {
	data, err := json.Marshal(kept{m.Width, m.Height, m.Values, m.Evaluations})
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".part", data, 0o666); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// load reads a map; nil where there is none yet.
func load(path string) (*kept, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	k := new(kept)
	return k, json.Unmarshal(data, k)
}
