package saliency

import (
	"math"
	"testing"

	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/trials"
)

// hid are the trials of one image of class 0 whose cells take these amounts from its logit.
func hid(sample int64, before []float32, takes ...float32) []trials.Trial {
	list := []trials.Trial{{Sample: sample, Logits: floats.Bytes(before)}}
	for i, take := range takes {
		after := append([]float32{before[0] - take}, before[1:]...)
		list = append(list, trials.Trial{Sample: sample, Region: gridCells[i], Fill: "pyramid", Logits: floats.Bytes(after)})
	}
	return list
}

func sharesOf(values ...float64) map[string]float64 {
	shares := map[string]float64{}
	for i, v := range values {
		shares[gridCells[i]] = v
	}
	return shares
}

// The cells are nine; a map in the order of what hiding takes has 1, in the opposite order −1, and one
// with two neighbours exchanged 1 − 6·2 ÷ (9·80) (Spearman's formula for ranks without ties).
func TestCorrelationWithHiding(t *testing.T) {
	if len(gridCells) != 9 {
		t.Fatalf("cells %v", gridCells)
	}
	list := hiddenImages(hid(7, []float32{5, 1, 4}, 0, 1, 2, 3, 4, 5, 6, 7, 8))
	if len(list) != 1 || list[0].sample != 7 {
		t.Fatalf("%+v", list)
	}
	for _, c := range []struct {
		shares map[string]float64
		want   float64
	}{
		{sharesOf(0, .01, .02, .03, .04, .05, .06, .07, .72), 1},
		{sharesOf(.72, .07, .06, .05, .04, .03, .02, .01, 0), -1},
		{sharesOf(.01, 0, .02, .03, .04, .05, .06, .07, .72), 1 - 12.0/720},
		{sharesOf(.1, .1, .1, .1, .1, .1, .1, .1, .1), 0},
	} {
		for _, contrast := range []bool{false, true} { // only the logit of class 0 moves
			if got := list[0].correlation(c.shares, contrast); math.Abs(got-c.want) > 1e-6 {
				t.Errorf("%v: %v, want %v", c.shares, got, c.want)
			}
		}
	}
}

// A contrast is the class less the one that was second before, whatever wins afterwards.
func TestContrastWithHiding(t *testing.T) {
	made := hid(7, []float32{5, 1, 4}, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	for i := range gridCells {
		made[1+i].Logits = floats.Bytes([]float32{5, 100, 4 - float32(i)}) // the runner-up loses, a third wins
	}
	if got := hiddenImages(made)[0].correlation(sharesOf(8, 7, 6, 5, 4, 3, 2, 1, 0), true); math.Abs(got-1) > 1e-6 {
		t.Errorf("%v, want 1: the first cell takes most from the contrast", got)
	}
}

// An image that the model gets wrong, or that lacks a cell, says nothing.
func TestHiddenImagesAreWhole(t *testing.T) {
	wrong := hid(1, []float32{1, 2}, 0, 1, 2, 3, 4, 5, 6, 7, 8)
	short := hid(2, []float32{2, 1}, 0, 1, 2, 3, 4, 5, 6, 7)
	single := hid(3, []float32{2}, 0, 1, 2, 3, 4, 5, 6, 7, 8)
	whole := hid(4, []float32{2, 1}, 0, 1, 2, 3, 4, 5, 6, 7, 8)
	list := hiddenImages(append(append(append(wrong, short...), single...), whole...))
	if len(list) != 1 || list[0].sample != 4 {
		t.Errorf("%+v", list)
	}
}
