package attribution

import (
	"strings"
	"testing"

	"github.com/sightline/sightline/imaging"
)

func TestConfigure(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	var r Request
	m, err := Configure("rise", map[string]string{"cells": "7", "keep": "0.4", "limit": "500", "correlation": "0.9", "scaling": "published", "seed": "12", "fill": "black"}, &p, &r)
	if err != nil {
		t.Fatal(err)
	}
	if want := (RISE{Cells: 7, Keep: 0.4, Limit: 500, Correlation: 0.9, Published: true}); m != want {
		t.Errorf("method %+v, want %+v", m, want)
	}
	if r.Seed != 12 || r.Fill.Kind != FillValue || r.Fill.Values[0] > -2 {
		t.Errorf("request %+v", r)
	}
	m, err = Configure("occlusion", map[string]string{"grid": "10", "window": "3", "fill": "blur"}, &p, &r)
	if want := (Occlusion{Grid: 10, Window: 3}); err != nil || m != want || r.Fill.Kind != FillBlur {
		t.Errorf("method %+v, fill %v, %v; want %+v", m, r.Fill, err, want)
	}
}

func TestConfigureFactorial(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	var r Request
	m, err := Configure("factorial", map[string]string{"grid": "8", "runs": "300", "design": "random", "edges": "hard"}, &p, &r)
	if want := (Factorial{Grid: 8, Runs: 300, Random: true, Hard: true}); err != nil || m != want {
		t.Errorf("method %+v, %v; want %+v", m, err, want)
	}
}

func TestConfigureKernelSHAP(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	var r Request
	m, err := Configure("kernelshap", map[string]string{"grid": "5", "samples": "300"}, &p, &r)
	if want := (KernelSHAP{Grid: 5, Samples: 300}); err != nil || m != want {
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
		var r Request
		_, err := Configure(c[0], map[string]string{c[1]: c[2]}, &p, &r)
		if err == nil || (c[1] != "" && !strings.Contains(err.Error(), c[1])) {
			t.Errorf("%s %s=%s: error %v", c[0], c[1], c[2], err)
		}
	}
}

// Every option a card names can be set, to its default at least.
func TestCardsNameTheirOptions(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	for _, m := range Methods() {
		for _, o := range m.Card().Options {
			var r Request
			if _, err := Configure(m.Name(), map[string]string{o.Name: o.Default}, &p, &r); err != nil {
				t.Errorf("%s: %v", m.Name(), err)
			}
		}
	}
}
