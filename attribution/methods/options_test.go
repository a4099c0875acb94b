package methods

import (
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/perturb"
	"github.com/sightline/sightline/imaging"
)

func TestConfigure(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	var r attribution.Request
	m, err := All().Configure("rise", map[string]string{"cells": "7", "keep": "0.4", "limit": "500", "correlation": "0.9", "scaling": "published", "seed": "12", "fill": "black"}, &p, &r)
	if err != nil {
		t.Fatal(err)
	}
	if want := (perturb.RISE{Cells: 7, Keep: 0.4, Limit: 500, Correlation: 0.9, Published: true}); m != want {
		t.Errorf("method %+v, want %+v", m, want)
	}
	if r.Seed != 12 || r.Fill.Kind != attribution.FillValue || r.Fill.Values[0] > -2 {
		t.Errorf("request %+v", r)
	}
	m, err = All().Configure("occlusion", map[string]string{"grid": "10", "window": "3", "fill": "blur"}, &p, &r)
	if want := (perturb.Occlusion{Grid: 10, Window: 3}); err != nil || m != want || r.Fill.Kind != attribution.FillBlur {
		t.Errorf("method %+v, fill %v, %v; want %+v", m, r.Fill, err, want)
	}
}

func TestConfigureFactorial(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	var r attribution.Request
	m, err := All().Configure("factorial", map[string]string{"grid": "8", "runs": "300", "design": "random", "edges": "hard"}, &p, &r)
	if want := (perturb.Factorial{Grid: 8, Runs: 300, Random: true, Hard: true}); err != nil || m != want {
		t.Errorf("method %+v, %v; want %+v", m, err, want)
	}
}

func TestConfigureKernelSHAP(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	var r attribution.Request
	m, err := All().Configure("kernelshap", map[string]string{"grid": "5", "samples": "300"}, &p, &r)
	if want := (perturb.KernelSHAP{Grid: 5, Samples: 300}); err != nil || m != want {
		t.Errorf("method %+v, %v; want %+v", m, err, want)
	}
}

func TestConfigureRejects(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	for _, c := range [][3]string{
		{"rise", "cells", "0"}, {"rise", "keep", "1"}, {"rise", "keep", "x"}, {"rise", "limit", "-4"}, {"rise", "correlation", "-1"},
		{"rise", "scaling", "other"}, {"rise", "masks", "x"}, {"rise", "grid", "3"}, {"rise", "seed", "-1"}, {"rise", "fill", "1,2"}, {"rise", "fill", "1,2,256"},
		{"factorial", "grid", "1"}, {"factorial", "grid", "65"}, {"factorial", "runs", "0"}, {"factorial", "design", "latin"}, {"factorial", "cells", "8"}, {"factorial", "edges", "x"},
		{"kernelshap", "grid", "21"}, {"kernelshap", "samples", "some"}, {"kernelshap", "runs", "100"},
		{"lime", "grid", "1"}, {"lime", "samples", "-1"}, {"lime", "width", "0"}, {"lime", "alpha", "inf"}, {"lime", "keep", "0.5"},
		{"sobol", "grid", "30"}, {"sobol", "designs", "1"}, {"sobol", "samples", "100"},
		{"occlusion", "grid", "x"}, {"occlusion", "window", "0"}, {"occlusion", "cells", "8"}, {"none", "", ""},
	} {
		var r attribution.Request
		_, err := All().Configure(c[0], map[string]string{c[1]: c[2]}, &p, &r)
		if err == nil || (c[1] != "" && !strings.Contains(err.Error(), c[1])) {
			t.Errorf("%s %s=%s: error %v", c[0], c[1], c[2], err)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, m := range All() {
		found, err := All().Lookup(m.Name())
		if err != nil || found != m {
			t.Errorf("method %q: found %v, %v", m.Name(), found, err)
		}
	}
	if _, err := All().Lookup("grad-cam-of-nothing"); err == nil || !strings.Contains(err.Error(), "rise") {
		t.Errorf("error %v does not say what there is", err)
	}
}

// TestGradientOptions: every option of every card can be set, and nonsense cannot.
func TestGradientOptions(t *testing.T) {
	good := map[string]string{"steps": "12", "tolerance": "0.01", "limit": "64", "samples": "9", "noise": "0.2", "rule": "deconvnet", "reduce": "absmax", "channels": "keep", "layer": "2"}
	for _, m := range All() {
		if f := m.Card().Family; f != "gradient" && f != "cam" {
			continue
		}
		for _, o := range m.Card().Options {
			if o.Name == "seed" || o.Name == "fill" {
				continue
			}
			set, err := m.With(o.Name, good[o.Name])
			if err != nil || set == m {
				t.Errorf("%s %s=%s: %v, %+v", m.Name(), o.Name, good[o.Name], err, set)
			}
			if _, err := m.With(o.Name, "nonsense"); err == nil && o.Name != "layer" {
				t.Errorf("%s %s=nonsense is accepted", m.Name(), o.Name)
			}
		}
		if _, err := m.With("colour", "1"); err == nil {
			t.Errorf("%s has an option colour", m.Name())
		}
	}
}
