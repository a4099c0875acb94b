package results

import (
	"testing"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
)

func TestHeadlineRule(t *testing.T) {
	labelled := func(splits ...string) (list []splitCount) {
		for _, s := range splits {
			list = append(list, splitCount{split: s, samples: 5, labelled: 3})
		}
		return list
	}
	noLabel := func(split string) splitCount { return splitCount{split: split, samples: 5} }
	for _, c := range []struct {
		splits     []splitCount
		name, text string
		inside     []string
	}{
		{labelled("train", "val", "test"), "test", "split=test", []string{"test"}},
		{labelled("train", "val"), "val", "split=val", []string{"val"}},
		{append(labelled("train", "val"), noLabel("test")), "val", "split=val", []string{"val"}}, // the labels of test are kept secret
		{labelled("train", ""), "all but train", "split=!train", []string{""}},
		{labelled("train", "night", "day"), "all but train", "split=!train", []string{"night", "day"}},
		{append(labelled("train"), noLabel("test")), "train", "split=train", []string{"train"}},
		{labelled("train"), "train", "split=train", []string{"train"}},
		{labelled("night", ""), "all", "", []string{"night", ""}},
		{append(labelled(""), noLabel("train")), "all", "", []string{"", "train"}},
		{labelled(""), "all", "", []string{""}},
		{nil, "all", "", nil},
	} {
		name, of, has := headlineOf(c.splits)
		if name != c.name || of.String() != c.text {
			t.Errorf("%v: the headline is of %s (%s), want %s (%s)", c.splits, name, of, c.name, c.text)
		}
		var inside []string
		for _, s := range c.splits {
			if has(s.split) {
				inside = append(inside, s.split)
			}
		}
		if len(inside) != len(c.inside) {
			t.Errorf("%v: the headline counts the splits %q, want %q", c.splits, inside, c.inside)
		}
	}
}

// The headline is over the same images from the first to the last, and counts them.
func TestHeadlineOfAPartialEvaluation(t *testing.T) {
	const n, chunk = 300, 100
	f := planFixture(t, t.TempDir(), n, 4)
	for done := 0; done <= n; done += chunk {
		if done > 0 {
			f.ingest(t, done/chunk-1, done-chunk, chunk)
		}
		samples, predicted := 0, 0
		want := metrics.NewConfusion(4)
		for i := range f.samples {
			if sampleSplit(i) != "test" {
				continue
			}
			samples++
			if i >= done {
				continue
			}
			predicted++
			if class, _ := f.predicted(i); f.truth[i] >= 0 {
				if err := want.Add(f.truth[i], class); err != nil {
					t.Fatal(err)
				}
			}
		}
		h, err := f.w.Headline(ctx, f.e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if h.Name != "test" || h.Slice.String() != "split=test" || h.Samples != samples || h.Predicted != predicted || h.AllPredicted != done {
			t.Errorf("after %d: %+v, want %d of %d of test", done, h, predicted, samples)
		}
		if h.Confusion.Correct() != want.Correct() || h.Confusion.Total() != want.Total() {
			t.Errorf("after %d: %d of %d right, want %d of %d", done, h.Confusion.Correct(), h.Confusion.Total(), want.Correct(), want.Total())
		}
	}
	all, err := f.w.Matrix(ctx, f.e.ID, slice.Slice{})
	if err != nil {
		t.Fatal(err)
	}
	if h, _ := f.w.Headline(ctx, f.e.ID); all.Total() == h.Confusion.Total() {
		t.Errorf("the headline is over all %d images: train is among them", all.Total())
	}
}
