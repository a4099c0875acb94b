package findings

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sightline/sightline/stats"
)

// Maps that lie on a region are told of, unless it was tested; a region of the dataset before a
// place of every image, and large places never.
func TestLookedAt(t *testing.T) {
	share := func(mean float64) stats.Estimate {
		return stats.Estimate{Mean: mean, Low: mean - 0.05, High: mean + 0.05, Known: true, N: 40}
	}
	looks := []Look{
		{0, "head", false, share(0.5), 0.06}, {0, "top border", true, share(0.8), 0.125}, {0, "uniform", false, share(0.2), 0.2},
		{1, "centre", true, share(0.9), 0.4}, {1, "top border", true, share(0.6), 0.125},
		{2, "head", false, share(0.6), 0.06}, {0, "ear", false, stats.Estimate{Mean: 0.9}, 0.01}, // without an interval
	}
	list := LookedAt(looks, names, func(class int, region string) bool { return class == 2 })
	if len(list) != 2 || list[0].Region != "top border" || list[0].Class != 1 || list[1].Region != "head" || list[1].Class != 0 {
		t.Fatalf("%+v", list)
	}
	if both := LookedAt(looks, names, func(class int, region string) bool { return class == 1 }); len(both) != 2 || both[0].Group != both[1].Group ||
		!strings.HasPrefix(both[0].Group, "The maps of 2 classes lie on the head: 55 % of what speaks for them, on 6 % of the image.") {
		t.Errorf("%+v", both)
	}
	if want := "The maps of chef lie on the head: 50 % of what speaks for it (95 %: 45 % to 55 %), on 6 % of the image."; !strings.HasPrefix(list[1].Text, want) {
		t.Error(list[1].Text)
	}
}

// Maps without an opinion have the area's share on every region: nothing is told of them.
func TestLookedAtIsQuietOnMapsWithoutOpinion(t *testing.T) {
	fired := 0
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 15))
		var looks []Look
		for range 6 {
			samples := make([]stats.Sample, 30)
			for i := range samples {
				samples[i].Value = min(1, 0.1*r.ExpFloat64()) // mean 0.1, as the area
			}
			looks = append(looks, Look{0, "head", false, stats.ShareMean(samples), 0.1})
		}
		fired += len(LookedAt(looks, names, func(int, string) bool { return false }))
	}
	if fired > 0 {
		t.Errorf("%d of 200", fired)
	}
}
