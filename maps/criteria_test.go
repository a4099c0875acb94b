package maps

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// told is what the maps of ten samples are told to say, by key and place of the sample.
type told map[string][]*mapTold

type mapTold struct {
	verdict string // "" where it is not assessed
	blind   bool   // without opinion
	shares  map[string]float64
	hottest string
	old     bool // measured on regions of before
}

// randomMaps gives most samples a map under each key.
func randomMaps(r *rand.Rand, keys ...string) told {
	all := told{}
	for at, key := range keys {
		for range 10 {
			var m *mapTold
			if r.IntN(5+5*(len(keys)-at)) > 4 { // the first key has the most maps
				m = &mapTold{verdict: []string{"", "green", "amber", "red"}[r.IntN(4)], blind: r.IntN(5) == 0, old: r.IntN(6) == 0, shares: map[string]float64{}}
				for _, region := range []string{"head", "uniform"} {
					if r.IntN(4) > 0 {
						m.shares[region], m.hottest = float64(r.IntN(9))/8, region
					}
				}
			}
			all[key] = append(all[key], m)
		}
	}
	return all
}

func (all told) count(key string) (n int) {
	for _, m := range all[key] {
		if m != nil {
			n++
		}
	}
	return n
}

func (f *fixture) tell(t *testing.T, all told) {
	t.Helper()
	var items []workspace.Packed
	for key, list := range all {
		for i, m := range list {
			if m == nil {
				continue
			}
			s := &StoredShares{Revision: RegionsRevision(f.revision(t))}
			if m.old {
				s.Revision--
			}
			for region, share := range m.shares {
				s.Shares = append(s.Shares, regions.Share{Region: region, Mass: regions.Mass{Share: share, Hottest: region == m.hottest}})
			}
			b := Beside{Shares: s}
			if m.verdict != "" {
				b.Trust = &StoredTrust{Verdict: m.verdict, Content: json.RawMessage(`{}`)}
			}
			more, err := json.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			meta := map[bool]string{true: `{"degenerate":"all zero"}`, false: `{"degenerate":""}`}[m.blind]
			items = append(items, workspace.Packed{Key: key, Sample: f.ids[i], Meta: json.RawMessage(meta), More: more, Data: []byte{1}})
		}
	}
	f.pack(t, 0, items...)
}

// predict gives every sample a prediction: without one it is in no slice.
func (f *fixture) predict(t *testing.T) {
	t.Helper()
	path := filepath.Join(f.ws.Incoming(), "block")
	err := scoreblock.Write(path, &scoreblock.Block{Samples: f.ids, Classes: 2, Values: make([]float32, 2*len(f.ids))})
	if err == nil {
		err = f.ws.Update(ctx, func(tx *workspace.Tx) error {
			return f.results.IngestBlock(ctx, tx, results.ChunkResult{Evaluation: f.e.ID, Job: "job", Block: path})
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) revision(t *testing.T) int {
	t.Helper()
	n, err := f.catalog.RegionsRevision(ctx, "data")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// selects tells by the documentation whether a map is selected.
func selects(m *mapTold, term slice.Term) bool {
	switch {
	case m == nil:
		return false
	case term.Field.Name == "verdict":
		verdict := m.verdict
		if verdict == "" {
			verdict = map[bool]string{true: "red", false: "none"}[m.blind]
		}
		return slices.Contains(term.Values, slice.Named(verdict))
	case m.old:
		return false
	case term.Field.Name == "hottest":
		return m.hottest != "" && slices.Contains(term.Values, slice.Named(m.hottest))
	}
	share, has := m.shares[term.Of[0].Name]
	return has && share >= *term.Low && (term.High == nil || share < *term.High)
}

// Criteria about maps select what a plain loop over the maps selects, of one kind only, and an
// order by share is that of the loop.
func TestCriteria(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	f := newFixture(t, t.TempDir())
	f.predict(t)
	all := randomMaps(r, "cam~predicted~0", "cam~contrast~0", "rise~predicted~0", "cam~predicted~0~layer=x")
	for all.count("cam~predicted~0") <= max(all.count("cam~contrast~0"), all.count("rise~predicted~0")) {
		all = randomMaps(r, "cam~predicted~0", "cam~contrast~0", "rise~predicted~0", "cam~predicted~0~layer=x")
	}
	f.tell(t, all)
	selected := 0
	for text, key := range map[string]string{
		"share(head)=0.5-": "cam~predicted~0", "share(head)=!0.5-": "cam~predicted~0", "share(uniform,cam)=0.25-0.75": "cam~predicted~0",
		"share(head,rise)=0.25-": "rise~predicted~0", "share(head,cam,contrast)=0.25-": "cam~contrast~0", "share(head)=0-": "cam~predicted~0",
		"hottest=head": "cam~predicted~0", "hottest(cam,contrast)=head,uniform": "cam~contrast~0", "hottest=!uniform": "cam~predicted~0",
		"verdict=green": "cam~predicted~0", "verdict=red": "cam~predicted~0", "verdict=none": "cam~predicted~0", "verdict=!none": "cam~predicted~0",
		"verdict(rise)=red,amber": "rise~predicted~0", "verdict(cam,contrast)=none": "cam~contrast~0",
	} {
		s := slice.MustParse(text)
		term := s.Terms()[0]
		var want []int64
		for i, m := range all[key] {
			if selects(m, term) != term.Not {
				want = append(want, f.ids[i])
			}
		}
		if got := f.selected(t, s, results.ByPath); !slices.Equal(got, want) {
			t.Errorf("%s selects %v, want %v", text, got, want)
		}
		selected += len(want)
		if term.Field.Name != "share" || term.Not {
			continue
		}
		share := func(id int64) float64 { return all[key][slices.Index(f.ids, id)].shares[term.Of[0].Name] }
		slices.SortStableFunc(want, func(a, b int64) int { return int(8*share(b)) - int(8*share(a)) })
		if got := f.selected(t, s, results.LargestShare); !slices.Equal(got, want) {
			t.Errorf("%s by share is %v, want %v", text, got, want)
		}
		f.checkPlaces(t, s, want)
	}
	if selected < 40 {
		t.Errorf("all together select %d samples only: the test shows little", selected)
	}
}

func (f *fixture) selected(t *testing.T, s slice.Slice, sort results.Sort) (ids []int64) {
	t.Helper()
	total, page, err := f.results.Samples(ctx, f.e.ID, s, sort, 0, 100)
	if err != nil || total != len(page) {
		t.Fatalf("%s: %d of %d, %v", s, len(page), total, err)
	}
	for _, it := range page {
		ids = append(ids, it.ID)
	}
	return ids
}

// checkPlaces walks the samples in their order.
func (f *fixture) checkPlaces(t *testing.T, s slice.Slice, order []int64) {
	t.Helper()
	for i, id := range order {
		p, ok, err := f.results.Place(ctx, f.e.ID, s, results.LargestShare, id)
		if err != nil || !ok || p.Position != i || i > 0 && (p.Previous == nil || *p.Previous != order[i-1]) || i+1 < len(order) && (p.Next == nil || *p.Next != order[i+1]) {
			t.Errorf("%s: sample %d, at %d of %v: %+v, %v", s, id, i, order, p, err)
		}
	}
}

// What cannot be answered says what there is, or what to do.
func TestCriteriaRefuse(t *testing.T) {
	f := newFixture(t, t.TempDir())
	f.predict(t)
	refuse := func(text string, sort results.Sort, says string) {
		t.Helper()
		_, _, err := f.results.Samples(ctx, f.e.ID, slice.MustParse(text), sort, 0, 10)
		var m *slice.Mistake
		if !errors.As(err, &m) || !strings.Contains(fmt.Sprint(err), says) {
			t.Errorf("%s: %v, want a mistake with %q", text, err, says)
		}
	}
	refuse("share(head)=0.5-", results.ByPath, "none are stored: make them with sightline explain")
	refuse("verdict=red", results.ByPath, "none are stored")
	m := func(old bool) *mapTold { return &mapTold{shares: map[string]float64{"head": 0.5}, old: old} }
	f.tell(t, told{"cam~predicted~0": {m(false)}, "rise~predicted~0": {m(true)}})
	refuse("share(hat)=0.5-", results.ByPath, "share is about hat: maps by cam of predicted (1 stored) are measured on head")
	refuse("hottest=head,hat", results.ByPath, "hottest is about hat")
	refuse("share(head,lrp)=0.5-", results.ByPath, "asks for maps of lrp, and none are stored: there are cam of predicted (1 stored), rise of predicted (1 stored)")
	refuse("share(head,cam,contrast)=0.5-", results.ByPath, "asks for maps of cam, contrast")
	refuse("share(head,rise)=0.5-", results.ByPath, "measured on the regions as they are now")
	refuse("verdict=none", results.LargestShare, "needs a criterion share(REGION)")
}
