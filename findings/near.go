package findings

import (
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/stats"
)

// Near duplicates are images that show the same in files of different bytes: encoded again, resized, brightened, or
// frames of one moment. See package fingerprint for how alike they are.

// both is one finder of two, quiet where both are.
func both(one, other func(*inspection) ([]Statement, string)) func(*inspection) ([]Statement, string) {
	return func(t *inspection) ([]Statement, string) {
		list, none := one(t)
		more, too := other(t)
		return append(list, more...), none + " " + too
	}
}

// nearKey ends the key of a finding of near duplicates.
const nearKey = "near"

// NearLeak is the key of the finding that measured images show the same as others of another split.
const NearLeak = Leak + "/" + nearKey

// meeting is what was found of near duplicates: images, and the pairs that they are in, those with two labels first.
type meeting struct {
	of       Tally
	found    []*Answer
	pairs    []int64
	disputed int
}

// meet gathers the images that are wanted, each with the first other one that is wanted with it.
func (t *inspection) meet(want func(a, b *Answer) bool) (m meeting) {
	var agreed, disputed []int64
	seen := map[int64]bool{}
	first := func(a, b *Answer, dispute bool) {
		if seen[a.Sample] || !want(a, b) || (a.Truth != b.Truth) != dispute {
			return
		}
		seen[a.Sample] = true
		m.found = append(m.found, a)
		m.of.add(a.wrong())
		if pair := []int64{a.Sample, b.Sample}; dispute {
			m.disputed++
			disputed = append(disputed, pair...)
		} else {
			agreed = append(agreed, pair...)
		}
	}
	for _, dispute := range []bool{true, false} {
		for _, p := range t.Near {
			a, b := &t.List[p.A], &t.List[p.B]
			first(a, b, dispute)
			first(b, a, dispute)
		}
	}
	m.pairs = distinct(append(disputed, agreed...))
	return m
}

// captions are the label and the split of each sample of pairs.
func (t *inspection) captions(pairs []int64) (list []string) {
	at := map[int64]*Answer{}
	for i := range t.List {
		at[t.List[i].Sample] = &t.List[i]
	}
	for _, id := range pairs {
		a := at[id]
		if a == nil {
			return nil
		}
		text := t.Classes[a.Truth]
		if split := t.Splits[a.Split]; split != "" {
			text += ", " + split
		}
		list = append(list, text)
	}
	return list
}

// distinct leaves out pairs that are there the other way round.
func distinct(pairs []int64) (list []int64) {
	seen := map[[2]int64]bool{}
	for at := 0; at+1 < len(pairs); at += 2 {
		a, b := pairs[at], pairs[at+1]
		if !seen[[2]int64{b, a}] {
			list = append(list, a, b)
		}
		seen[[2]int64{a, b}] = true
	}
	return list
}

// Unprinted is how many images have no fingerprint: they were imported before there were any.
func (t *Answers) Unprinted() (n int) {
	for i := range t.List {
		if !t.List[i].Printed {
			n++
		}
	}
	return n
}

// Uncompared says why near duplicates could not be told of all images; "" where they could. A few that are too plain are no reason, as
// nothing can be done about them; see tooPlain.
func (t *Answers) Uncompared() string {
	n := t.Unprinted()
	switch {
	case t.Many:
		return "Near duplicates: not looked for, as there are too many images to compare each with all others (100,000)."
	case t.Crowded:
		return "Near duplicates: so many images look alike that images of the same cannot be told from them."
	case n > 0:
		return fmt.Sprintf("Near duplicates: %d of %d images were imported before these were looked for; their fingerprints have to be made first (sightline findings does).", n, len(t.List)) + t.tooPlain()
	case len(t.List) > 0 && t.plain() == len(t.List):
		return "Near duplicates: not looked for, as all images are too plain to compare."
	}
	return ""
}

// plain is how many images have a fingerprint that says nothing.
func (t *Answers) plain() (n int) {
	for i := range t.List {
		if t.List[i].Plain {
			n++
		}
	}
	return n
}

// tooPlain is the sentence of how many images could not be compared as little is on them; "" for none.
func (t *Answers) tooPlain() string {
	switch n := t.plain(); n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(" One of %d images is too plain to compare.", len(t.List))
	default:
		return fmt.Sprintf(" %s of %d images are too plain to compare.", capital(count(n)), len(t.List))
	}
}

// nearLeaks finds measured images that show what the model was trained on; where no split is called train, what is in another split.
func nearLeaks(t *inspection) ([]Statement, string) {
	train, there := int32(slices.Index(t.Splits, "train")), "the training split"
	if train < 0 {
		there = "another split"
	}
	m := t.meet(func(a, b *Answer) bool {
		return a.Inside && a.Split != train && a.Split != b.Split && (train < 0 || b.Split == train)
	})
	if none := t.Uncompared(); m.of.N == 0 {
		if none == "" {
			none = "No measured image shows the same as one of " + there + " in a file of other bytes." + t.tooPlain()
		}
		return nil, none
	}
	low, high := stats.Wilson(m.of.N, t.all.N, stats.Level)
	s := Statement{Key: nearKey, Class: All, Effect: float64(m.of.N) / float64(t.all.N), Low: low, High: high, Unit: "share of the measured images", N: t.all.N, Q: math.NaN(), Tests: 1,
		Every: m.pairs, Samples: m.pairs[:min(len(m.pairs), shownSamples)], Pairs: true, Doors: t.folderDoors(m.found), Next: "Look at them side by side; put images of the same into one split, import again, and measure again: until then all figures flatter the model."}
	show := map[bool]string{true: "shows", false: "show"}[m.of.N == 1]
	s.Short = fmt.Sprintf("%s of %d measured images %s the same as one of %s, in a file of other bytes", count(m.of.N), t.all.N, show, there)
	s.Text = capital(s.Short) + "."
	if rest := (Tally{t.all.N - m.of.N, t.all.Wrong - m.of.Wrong}); rest.N > 0 {
		s.Text += fmt.Sprintf(" Of them %s are right, of the others %s.", percent(1-m.of.rate()), percent(1-rest.rate()))
	}
	s.dispute(m.disputed)
	s.Text += t.tooPlain()
	return []Statement{s}, ""
}

// nearDuplicates finds images that show the same as another one of their split.
func nearDuplicates(t *inspection) ([]Statement, string) {
	m := t.meet(func(a, b *Answer) bool { return a.Split == b.Split })
	if none := t.Uncompared(); m.of.N == 0 {
		if none == "" {
			none = "No image shows the same as another one of its split in a file of other bytes." + t.tooPlain()
		}
		return nil, none
	}
	n := len(t.List)
	low, high := stats.Wilson(m.of.N, n, stats.Level)
	s := Statement{Key: nearKey, Class: All, Effect: float64(m.of.N) / float64(n), Low: low, High: high, Unit: "share of all images", N: n, Q: math.NaN(), Tests: 1,
		Every: m.pairs, Samples: m.pairs[:min(len(m.pairs), shownSamples)], Pairs: true, Doors: t.folderDoors(m.found), Next: "Look at them side by side: keep one of each, or all where they are meant, such as frames of a video."}
	s.Short = fmt.Sprintf("%s of %d images show the same as another one in their split, in files of other bytes", count(m.of.N), n)
	s.Text = capital(s.Short) + "."
	s.dispute(m.disputed)
	s.Text += t.tooPlain()
	return []Statement{s}, ""
}

// dispute says how many of the images have another label than what shows the same: the strongest hint of a wrong label.
func (s *Statement) dispute(n int) {
	if n == 0 {
		return
	}
	have := map[bool]string{true: "has another label", false: "have another label"}[n == 1]
	s.Text += fmt.Sprintf(" %s of them %s than what shows the same: one of the two is wrong, whatever the model says.", capital(count(n)), have)
	s.Next = "Decide on the label of those with two first. " + s.Next
}
