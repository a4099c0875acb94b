package fingerprint

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
)

// Near is in how many bits the fingerprints of two images of the same differ at most; docs/findings.md says how it was
// chosen.
const Near = 40

// tinted is how far their colours are apart at most.
const tinted = 24

// low is in how many bits of the first word they differ at most: so many that the search below misses none.
const low = 11

// Pair is two fingerprints, by their places in a list, A < B.
type Pair struct{ A, B, Distance int }

// mostLooked is how many candidates are looked at: many more than of 100,000 photos, and so few that it takes some seconds.
const mostLooked = 1 << 30

// Alike finds the pairs that differ in at most Near bits, in at most low of the first word, and little in colour; a plain fingerprint is in
// none. It gives up where there are more than so many, or where too many have to be looked at.
func Alike(ctx context.Context, list []Print, most int) (pairs []Pair, all bool, err error) {
	return alike(ctx, list, most, mostLooked)
}

func alike(ctx context.Context, list []Print, most, looked int) (pairs []Pair, all bool, err error) {
	s := searchOf(list)
	s.left = looked
	for b := range list {
		if b%64 == 0 && ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		if pairs = s.before(b, pairs); len(pairs) > most || s.left < 0 {
			return nil, false, nil
		}
	}
	slices.SortFunc(pairs, func(x, y Pair) int { return cmp.Or(x.Distance-y.Distance, x.A-y.A, x.B-y.B) })
	return pairs, true, nil
}

// bands are the parts of the first word. Where two words differ in at most low bits, they differ in at most two of one band.
const (
	bands = 4
	width = 64 / bands
)

// search has the fingerprints by each band of their first word (Norouzi, Punjani and Fleet 2012).
type search struct {
	list  []Print
	rows  [bands][]int32 // sorted by the band
	first [bands][]int32 // where those of a band begin
	flips []uint16       // what a band may differ by
	left  int            // how many more candidates are looked at
}

func band(p Print, i int) uint16 { return uint16(p[0] >> (i * width)) }

func searchOf(list []Print) *search {
	s := &search{list: list, flips: flips()}
	for i := range bands {
		s.first[i] = make([]int32, 1<<width+1)
		for _, p := range list {
			if !p.Plain() {
				s.first[i][int(band(p, i))+1]++
			}
		}
		for v := range 1 << width {
			s.first[i][v+1] += s.first[i][v]
		}
		next := slices.Clone(s.first[i])
		s.rows[i] = make([]int32, len(list))
		for row, p := range list {
			if p.Plain() {
				continue
			}
			at := &next[band(p, i)]
			s.rows[i][*at] = int32(row)
			*at++
		}
	}
	return s
}

// flips are all ways to change at most two bits of a band.
func flips() []uint16 {
	list := []uint16{0}
	for i := range width {
		list = append(list, 1<<i)
		for j := range i {
			list = append(list, 1<<i|1<<j)
		}
	}
	return list
}

// before adds the pairs of a row with those before it.
func (s *search) before(b int, pairs []Pair) []Pair {
	p := s.list[b]
	if p.Plain() {
		return pairs
	}
	for i := range bands {
		for _, flip := range s.flips {
			key := int(band(p, i) ^ flip)
			for _, a := range s.rows[i][s.first[i][key]:s.first[i][key+1]] {
				if int(a) >= b {
					break // rows of a band stand in their order
				}
				s.left--
				q := s.list[a]
				if bits.OnesCount64(p[0]^q[0]) > low || s.earlier(p, q, i) {
					continue
				}
				if d := p.Distance(q); d <= Near && p.Tint(q) <= tinted {
					pairs = append(pairs, Pair{int(a), b, d})
				}
			}
		}
	}
	return pairs
}

// earlier tells whether a pair is found by a band before i, too.
func (s *search) earlier(p, q Print, i int) bool {
	for k := range i {
		if bits.OnesCount16(band(p, k)^band(q, k)) <= 2 {
			return true
		}
	}
	return false
}
