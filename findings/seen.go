package findings

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sightline/sightline/stats"
)

// What maps show before anything is tested: they propose, tests decide.
const (
	timesArea  = 2.0  // a share is this many times the area at least, with 95 % confidence
	leastShare = 0.3  // of what is positive, with 95 % confidence
	widest     = 0.25 // of the image, of a place that every image has
	mostSeen   = 10
)

// Look is what the maps of a class's images say of a region.
type Look struct {
	Class   int
	Region  string
	Builtin bool
	Share   stats.Estimate // of what is positive in the maps, mean over images
	Area    float64        // of the image, mean
}

// Seen is where the maps of a class lie.
type Seen struct {
	Look
	Text  string
	Group string // what several classes have in common; "" where one is alone
}

// LookedAt finds, for each class, the region on which its maps lie most, if they lie there much more
// than its area: one of the dataset before a place that every image has. Pairs that were tested
// are left out, whatever the test said.
func LookedAt(looks []Look, names []string, tested func(class int, region string) bool) (list []Seen) {
	best := map[int]Look{}
	for _, l := range looks {
		if !l.Share.Known || l.Share.Low < leastShare || l.Share.Low < timesArea*l.Area || l.Builtin && l.Area > widest || tested(l.Class, l.Region) {
			continue
		}
		was, known := best[l.Class]
		if !known || was.Builtin && !l.Builtin || was.Builtin == l.Builtin && l.Share.Mean > was.Share.Mean {
			best[l.Class] = l
		}
	}
	for class, l := range best {
		s := Seen{Look: l}
		s.Text = fmt.Sprintf("The maps of %s lie on %s: %s of what speaks for it (95 %%: %s to %s), on %s of the image. Maps show where to look; whether it decides takes a test.",
			names[class], Phrase(l.Region, l.Builtin), percent(l.Share.Mean), percent(l.Share.Low), percent(l.Share.High), percent(l.Area))
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Seen) int {
		return cmp.Or(cmp.Compare(b.Share.Mean-b.Area, a.Share.Mean-a.Area), cmp.Compare(a.Class, b.Class))
	})
	list = list[:min(len(list), mostSeen)]
	group(list)
	return list
}

// group puts what several classes have in common in words.
func group(list []Seen) {
	type sum struct{ n, share, area float64 }
	of := map[string]sum{}
	for _, s := range list {
		g := of[s.Region]
		of[s.Region] = sum{g.n + 1, g.share + s.Share.Mean, g.area + s.Area}
	}
	for i := range list {
		if g := of[list[i].Region]; g.n > 1 {
			list[i].Group = fmt.Sprintf("The maps of %.0f classes lie on %s: %s of what speaks for them, on %s of the image. Maps show where to look; whether it decides takes a test.",
				g.n, Phrase(list[i].Region, list[i].Builtin), percent(g.share/g.n), percent(g.area/g.n))
		}
	}
}
