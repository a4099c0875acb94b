package trust

import (
	"math"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/metrics"
)

func TestAgreementComparesOnTheCoarserGrid(t *testing.T) {
	coarse := &attribution.Map{Width: 2, Height: 2, Values: []float32{1, 2, 3, 4}}
	// Means of the quarters: 10, 20, 40, 30.
	fine := &attribution.Map{Width: 4, Height: 4, Values: []float32{
		0, 20, 15, 25,
		10, 10, 20, 20,
		80, 0, 30, 30,
		0, 80, 60, 0,
	}}
	want := metrics.Spearman([]float32{1, 2, 3, 4}, []float32{10, 20, 40, 30})
	got, err := Agreement(coarse, fine)
	if err != nil || math.Abs(got-want) > 1e-12 || math.Abs(want-0.8) > 1e-12 {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	opposite := &attribution.Map{Width: 2, Height: 2, Values: []float32{-1, -2, -3, -4}}
	all, err := Agreements([]*attribution.Map{coarse, fine, opposite})
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if all[i][i] != 1 {
			t.Errorf("a map agrees with itself by %v", all[i][i])
		}
		for j := range all {
			if all[i][j] != all[j][i] {
				t.Errorf("%d with %d: %v and %v", i, j, all[i][j], all[j][i])
			}
		}
	}
	if all[0][2] != -1 || math.Abs(all[1][2]+0.8) > 1e-12 {
		t.Errorf("with the opposite: %v and %v", all[0][2], all[1][2])
	}
	other := *coarse
	other.Geometry.DisplayWidth = 3
	if _, err := Agreement(coarse, &other); err == nil {
		t.Error("maps of two images: no error")
	}
}
