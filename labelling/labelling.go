// Package labelling chooses the images that are labelled next: those from which a model is
// expected to learn most. Pure functions: what is known of the images in, their order out.
//
// Strategies can be mixed. Each image has a value, the product of what the strategies give it, and
// the image with the largest value is chosen; then the values are computed anew, since what was
// chosen changes what the others add. Equal values go by the order of the pool.
package labelling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// Strategy is what makes an image worth a label.
type Strategy string

// The strategies. Random is by itself: what the others are compared with.
const (
	Uncertain Strategy = "uncertain" // the two best classes score nearly the same (margin sampling; Scheffer et al. 2001)
	Diverse   Strategy = "diverse"   // unlike all that is labelled or chosen (k-center greedy; Sener and Savarese, ICLR 2018)
	Typical   Strategy = "typical"   // like many others of the pool (TypiClust's typicality; Hacohen et al., ICML 2022)
	Balanced  Strategy = "balanced"  // predicted as a class with few labels
	Errors    Strategy = "errors"    // more like labelled images that the model gets wrong than like those it gets right
	Random    Strategy = "random"
)

// Strategies lists them.
func Strategies() []Strategy {
	return []Strategy{Uncertain, Diverse, Typical, Balanced, Errors, Random}
}

// Parse reads strategies with commas between.
func Parse(text string) (list []Strategy, err error) {
	for part := range strings.SplitSeq(text, ",") {
		s := Strategy(strings.TrimSpace(part))
		if !slices.Contains(Strategies(), s) {
			return nil, fmt.Errorf("there is no strategy %q: they are uncertain, diverse, typical, balanced, errors and random", s)
		}
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	if len(list) > 1 && slices.Contains(list, Random) {
		return nil, fmt.Errorf("random does not mix with others")
	}
	return list, nil
}

// Pool is what is known of n images without a label that counts.
type Pool struct {
	Margin    []float64 // score of the best class less that of the second
	Predicted []int     // class
	Typical   []float64 // mean cosine to the nearest others of the pool; only for Typical
	Errors    []float64 // cosine to the nearest wrong image less that to the nearest right one; only for Errors
	Distance  []float64 // 1 − cosine to the nearest labelled image; 1 where none is; only for Diverse
	Labelled  []int     // labels of each class
	// Cosine is that of two images of the pool; only for Diverse. It is called count × n times.
	Cosine func(i, j int) float64
}

// Choice is an image that was chosen.
type Choice struct {
	Image int     // of the pool
	Value float64 // when it was chosen
}

// Choose chooses count images.
func (p *Pool) Choose(strategies []Strategy, count int, seed uint64) []Choice {
	n := len(p.Margin)
	count = min(count, n)
	if slices.Contains(strategies, Random) {
		list := make([]Choice, count)
		for i, image := range rand.New(rand.NewPCG(seed, 0)).Perm(n)[:count] {
			list[i] = Choice{Image: image}
		}
		return list
	}
	fixed := p.fixed(strategies)
	diverse, balanced := slices.Contains(strategies, Diverse), slices.Contains(strategies, Balanced)
	distance, labelled := slices.Clone(p.Distance), slices.Clone(p.Labelled)
	chosen, list := make([]bool, n), []Choice{}
	for len(list) < count {
		best := Choice{Image: -1}
		for i := range n {
			if chosen[i] {
				continue
			}
			value := fixed[i]
			if diverse {
				value *= distance[i]
			}
			if balanced {
				value /= float64(1 + labelled[p.Predicted[i]])
			}
			if best.Image < 0 || value > best.Value {
				best = Choice{i, value}
			}
		}
		chosen[best.Image] = true
		list = append(list, best)
		labelled[p.Predicted[best.Image]]++
		if diverse {
			for i := range n {
				if !chosen[i] {
					distance[i] = min(distance[i], max(0, 1-p.Cosine(best.Image, i)))
				}
			}
		}
	}
	return list
}

// fixed is the part of the values that choices do not change: products of ranks in (0, 1], so that no
// strategy outweighs another by its unit.
func (p *Pool) fixed(strategies []Strategy) []float64 {
	values := make([]float64, len(p.Margin))
	for i := range values {
		values[i] = 1
	}
	for strategy, of := range map[Strategy]func(i int) float64{
		Uncertain: func(i int) float64 { return -p.Margin[i] },
		Typical:   func(i int) float64 { return p.Typical[i] },
		Errors:    func(i int) float64 { return p.Errors[i] },
	} {
		if !slices.Contains(strategies, strategy) {
			continue
		}
		for i, share := range ranks(len(values), of) {
			values[i] *= share
		}
	}
	return values
}

// ranks gives each of n values the share of values that are not larger; NaN counts as the least.
func ranks(n int, of func(i int) float64) []float64 {
	sorted := make([]float64, n)
	for i := range sorted {
		sorted[i] = finite(of(i))
	}
	slices.Sort(sorted)
	shares := make([]float64, n)
	for i := range shares {
		above, _ := slices.BinarySearchFunc(sorted, finite(of(i)), func(a, b float64) int {
			if a <= b {
				return -1
			}
			return 1
		})
		shares[i] = float64(above) / float64(n)
	}
	return shares
}

func finite(v float64) float64 {
	if math.IsNaN(v) {
		return math.Inf(-1)
	}
	return v
}
