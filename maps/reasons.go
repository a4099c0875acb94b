package maps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/compare"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// Changes are the ways in which an image is changed a little to see how far its map moves by
// chance. What the maps of changed images say of regions is stored under ChangedKey.
func Changes() []string { return []string{"shift", "brighter", "darker", "noise"} }

// ChangedKey is the key of what the map of a changed image says: no map itself is stored under it.
func ChangedKey(key, change string) string { return key + "~~" + change }

// Reasons compares where the maps of two evaluations look on the images that both have right.
type Reasons struct {
	Measure string            // compare.ByRegions or ByGrid
	Twin    string            // the evaluation that the null is the distance to; "" for changed images
	Of      string            // whose twin it is
	Null    int               // differences that the null is made of, of the evaluation with fewer
	Point   float64           // their 95 % point, see compare.Point
	Moved   map[int64]float64 // by sample of the later evaluation
	Lacking []int64           // samples that both have right, without a map that counts in both
}

// Asking says which evaluations are compared, and by which maps.
type Asking struct {
	Now, Before string
	Twin        string // a retrained twin of one of them; "" for changed images
	Key         string
}

// said is what the maps of an evaluation say, by sample.
type said struct {
	shares map[int64]compare.Shares
	right  map[int64]bool
}

// Reasons finds them from what is stored. Without a null, Null is under compare.FewNull, and
// nothing exceeds its point.
func (db *Store) Reasons(ctx context.Context, a Asking) (*Reasons, error) {
	now, err := db.said(ctx, a.Now, a.Key)
	if err != nil {
		return nil, err
	}
	before, err := db.said(ctx, a.Before, a.Key)
	if err != nil {
		return nil, err
	}
	pairs, lacking, err := db.bothRight(ctx, a.Now, a.Before, now, before)
	if err != nil {
		return nil, err
	}
	both := make([][2]compare.Shares, 0, len(pairs))
	for _, p := range pairs {
		both = append(both, p)
	}
	r := &Reasons{Measure: compare.MeasureOf(both), Moved: map[int64]float64{}, Lacking: lacking}
	for sample, p := range pairs {
		if d, ok := compare.Moved(p[0], p[1], r.Measure); ok {
			r.Moved[sample] = d
		}
	}
	if a.Twin != "" {
		return r, db.twinNull(ctx, a, now, before, r)
	}
	return r, db.changedNull(ctx, a, now, before, r)
}

// said reads what the maps of an evaluation under a key say, but for red ones, and which samples
// it has right.
func (db *Store) said(ctx context.Context, evaluation, key string) (said, error) {
	t := said{map[int64]compare.Shares{}, map[int64]bool{}}
	revision, err := db.results.RegionsRevision(ctx, evaluation)
	if err != nil {
		return t, err
	}
	found, err := db.Measured(ctx, evaluation, key, RegionsRevision(revision))
	if err != nil {
		return t, err
	}
	for sample, m := range found {
		if m.Shares != nil && m.Verdict != "red" && (m.Verdict != "" || !strings.Contains(string(m.Meta), `"degenerate":`)) {
			t.shares[sample] = sharesOf(m)
		}
	}
	outcomes, err := db.results.Outcomes(ctx, evaluation, slice.Slice{})
	for _, o := range outcomes {
		if o.Label >= 0 && o.Label == o.Predicted {
			t.right[o.Sample] = true
		}
	}
	return t, err
}

func sharesOf(m *Measured) compare.Shares {
	s := compare.Shares{Own: map[string]float64{}, Grid: map[string]float64{}}
	for _, h := range m.Shares {
		if !h.Builtin {
			s.Own[h.Region] = h.Share
		} else if strings.HasPrefix(h.Region, "grid ") {
			s.Grid[h.Region] = h.Share
		}
	}
	return s
}

// bothRight pairs the maps of the images that two evaluations have right; lacking are those of
// them without a map in one of both.
func (db *Store) bothRight(ctx context.Context, now, before string, a, b said) (pairs map[int64][2]compare.Shares, lacking []int64, err error) {
	partner, err := db.results.Paired(ctx, now, before)
	if err != nil {
		return nil, nil, err
	}
	pairs = map[int64][2]compare.Shares{}
	for here, there := range partner {
		if !a.right[here] || !b.right[there] {
			continue
		}
		x, has := a.shares[here]
		y, also := b.shares[there]
		if !has || !also {
			lacking = append(lacking, here)
			continue
		}
		pairs[here] = [2]compare.Shares{x, y}
	}
	return pairs, lacking, nil
}

// twinNull takes the distances between a retrained twin and the one of the two whose maps it is
// nearer to: that is the one that it is a twin of.
func (db *Store) twinNull(ctx context.Context, a Asking, now, before said, r *Reasons) error {
	twin, err := db.said(ctx, a.Twin, a.Key)
	if err != nil {
		return err
	}
	middle := 2.0
	for _, side := range []struct {
		id string
		said
	}{{a.Now, now}, {a.Before, before}} {
		pairs, _, err := db.bothRight(ctx, side.id, a.Twin, side.said, twin)
		if err != nil {
			return err
		}
		var null []float64
		for _, p := range pairs {
			if d, ok := compare.Moved(p[0], p[1], r.Measure); ok {
				null = append(null, d)
			}
		}
		slices.Sort(null)
		if len(null) > 0 && null[len(null)/2] < middle {
			middle = null[len(null)/2]
			r.Null, r.Point, r.Twin, r.Of = len(null), compare.Point(null), a.Twin, side.id
		}
	}
	if r.Twin == "" {
		r.Twin, r.Point = a.Twin, 1
	}
	return nil
}

// changedNull takes the distances of each model's maps from its own maps of changed images, and
// the larger of the two points: a model that is easily moved must not make the other look so.
func (db *Store) changedNull(ctx context.Context, a Asking, now, before said, r *Reasons) error {
	r.Null, r.Point = -1, 0
	for _, side := range []struct {
		id string
		said
	}{{a.Now, now}, {a.Before, before}} {
		var null []float64
		for _, change := range Changes() {
			changed, err := db.changed(ctx, side.id, ChangedKey(a.Key, change))
			if err != nil {
				return err
			}
			for sample, s := range changed {
				if own, ok := side.shares[sample]; ok {
					if d, ok := compare.Moved(own, s, r.Measure); ok {
						null = append(null, d)
					}
				}
			}
		}
		r.Point = max(r.Point, compare.Point(null))
		if r.Null < 0 || len(null) < r.Null {
			r.Null = len(null)
		}
	}
	return nil
}

// changed reads what the maps of changed images say, by sample.
func (db *Store) changed(ctx context.Context, evaluation, key string) (map[int64]compare.Shares, error) {
	revision, err := db.results.RegionsRevision(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	samples, err := db.MeasuredUnder(ctx, evaluation, key, RegionsRevision(revision))
	if err != nil {
		return nil, err
	}
	found := make(map[int64]*Measured, len(samples))
	for _, id := range samples {
		found[id] = &Measured{Sample: id}
	}
	if err := db.measuredShares(ctx, evaluation, key, RegionsRevision(revision), found); err != nil {
		return nil, fmt.Errorf("reading the shares %s of %s: %w", key, evaluation, err)
	}
	out := make(map[int64]compare.Shares, len(found))
	for id, m := range found {
		out[id] = sharesOf(m)
	}
	return out, nil
}

// MeasuredUnder lists the samples that have shares of a revision under a key, whether or not a
// map is stored under it.
func (db *Store) MeasuredUnder(ctx context.Context, evaluation, key string, revision int) ([]int64, error) {
	list, err := workspace.QueryAll[int64](ctx, db.ws, `SELECT DISTINCT h.sample FROM shares h JOIN evaluations e ON e.id = h.evaluation
		WHERE e.slug = ? AND h.key = ? AND h.revision = ? ORDER BY h.sample`, evaluation, key, revision)
	if err != nil {
		return nil, fmt.Errorf("listing the shares %s of %s: %w", key, evaluation, err)
	}
	return list, nil
}

// reason answers the criterion reason(EVALUATION[,METHOD[,TARGET[,TWIN]]]).
func (db *Store) reason(ctx context.Context, a results.Asked) (slice.Relation, error) {
	of := a.Term.Of
	k, err := db.kindOf(ctx, a, of[1:min(3, len(of))])
	if err != nil {
		return slice.Relation{}, err
	}
	asking := Asking{Now: a.ID, Before: of[0].Name, Key: k.Key}
	if len(of) > 3 {
		asking.Twin = of[3].Name
	}
	r, err := db.Reasons(ctx, asking)
	if err != nil {
		return slice.Relation{}, err
	}
	if len(r.Moved) == 0 {
		return slice.Relation{}, mistake("reason", "needs maps of both evaluations of images that both have right, and %s are stored of one alone: make them on the page of the comparison, or with sightline explain", k)
	}
	if r.Null < compare.FewNull {
		return slice.Relation{}, mistake("reason", "needs to know how far maps move by chance: sightline compare --reasons %s %s finds out, and so does the page of the comparison", asking.Before, asking.Now)
	}
	samples, reasons := []int64{}, []string{}
	for sample, moved := range r.Moved {
		word := "same"
		if compare.Other(moved, r.Point) {
			word = "other"
		}
		samples, reasons = append(samples, sample), append(reasons, word)
	}
	return slice.Relation{From: `(SELECT unnest(?::BIGINT[]) AS sample, unnest(?::VARCHAR[]) AS reason)`, Value: "reason", Args: []any{samples, reasons}}, nil
}
