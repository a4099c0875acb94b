package perturb

import (
	"math"
	"math/rand/v2"
)

// kernelCoalitions is the design of KernelSHAP: coalition 0 hides every cell,
// and the others have weights in the fit, which add up to one.
type kernelCoalitions struct {
	cells   int
	members []coalition
	weights []float64 // of members; that of coalition 0 is not used
}

// coalition is a set of cells, one bit each.
type coalition []uint64

func newCoalition(cells int) coalition { return make(coalition, (cells+63)/64) }

func (c coalition) add(cell int)      { c[cell/64] |= 1 << (cell % 64) }
func (c coalition) has(cell int) bool { return c[cell/64]>>(cell%64)&1 == 1 }

func (c coalition) complement(cells int) coalition {
	out := newCoalition(cells)
	for cell := range cells {
		if !c.has(cell) {
			out.add(cell)
		}
	}
	return out
}

// key is the coalition as a map key.
func (c coalition) key() string {
	bytes := make([]byte, 0, 8*len(c))
	for _, word := range c {
		for shift := 0; shift < 64; shift += 8 {
			bytes = append(bytes, byte(word>>shift))
		}
	}
	return string(bytes)
}

func (d *kernelCoalitions) count() int { return len(d.members) }

func (d *kernelCoalitions) load(i int, keep []float32) {
	for cell := range keep {
		keep[cell] = 0
		if d.members[i].has(cell) {
			keep[cell] = 1
		}
	}
}

// newKernelCoalitions chooses coalitions as shap's KernelExplainer does. Sizes
// are taken in pairs, k cells and all but k, whose coalitions are complements and
// weigh the same. From k = 1 on, while the number of coalitions left is enough to
// expect every one of a size to be drawn, all of the size are taken, with the
// Shapley kernel's weight. The rest is drawn: a size by its share of the weight,
// then cells, and the complement with it. A coalition drawn again gains weight
// instead; all drawn ones together have what weight the complete sizes left.
func newKernelCoalitions(cells, samples int, seed uint64) *kernelCoalitions {
	d := &kernelCoalitions{cells: cells, members: []coalition{newCoalition(cells)}, weights: []float64{0}}
	if cells < 2 {
		return d
	}
	if cells <= 30 {
		samples = min(samples, 1<<cells-2)
	}
	shares := kernelShares(cells)
	size := 1
	for rest := 1.0; size <= len(shares); size++ {
		number := d.number(size)
		left := samples + 1 - len(d.members)
		if float64(left)*shares[size-1]/rest < number-1e-8 {
			break
		}
		d.addAll(size, shares[size-1]/number)
		rest -= shares[size-1]
	}
	if size <= len(shares) {
		d.draw(shares, size, samples, rand.New(rand.NewPCG(seed, 11)))
	}
	return d
}

// kernelShares is the Shapley kernel's weight of all coalitions of k cells and of
// all but k together, at index k−1, as shares of one. By the kernel a size has
// (n−1) ÷ (k·(n−k)).
func kernelShares(cells int) []float64 {
	shares, sum := make([]float64, cells/2), 0.0
	for i := range shares {
		k := i + 1
		shares[i] = 2 / (float64(k) * float64(cells-k))
		if 2*k == cells { // its own counterpart
			shares[i] /= 2
		}
		sum += shares[i]
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

// number is how many coalitions have k cells or all but k.
func (d *kernelCoalitions) number(k int) float64 {
	n := 1.0
	for i := range k {
		n = n * float64(d.cells-i) / float64(i+1)
	}
	if 2*k != d.cells {
		n *= 2
	}
	return math.Round(n)
}

// addAll adds every coalition of k cells, each followed by its complement.
func (d *kernelCoalitions) addAll(k int, weight float64) {
	chosen := make([]int, k)
	for i := range chosen {
		chosen[i] = i
	}
	for {
		c := newCoalition(d.cells)
		for _, cell := range chosen {
			c.add(cell)
		}
		d.add(c, weight)
		if 2*k != d.cells {
			d.add(c.complement(d.cells), weight)
		}
		at := k - 1
		for at >= 0 && chosen[at] == d.cells-k+at {
			at--
		}
		if at < 0 {
			return
		}
		chosen[at]++
		for i := at + 1; i < k; i++ {
			chosen[i] = chosen[i-1] + 1
		}
	}
}

func (d *kernelCoalitions) add(c coalition, weight float64) {
	d.members = append(d.members, c)
	d.weights = append(d.weights, weight)
}

// draw fills up with random coalitions of the sizes from first on.
func (d *kernelCoalitions) draw(shares []float64, first, samples int, r *rand.Rand) {
	fixed, rest := len(d.members), 0.0
	for _, s := range shares[first-1:] {
		rest += s
	}
	seen, drawn := map[string]int{}, 0.0
	take := func(c coalition) {
		key := c.key()
		if at, ok := seen[key]; ok {
			d.weights[at]++
			drawn++
		} else if len(d.members) <= samples {
			seen[key] = len(d.members)
			d.add(c, 1)
			drawn++
		}
	}
	for range 4 * samples { // drawn again and again, a few coalitions may never come
		if len(d.members) > samples {
			break
		}
		k := first
		for at := r.Float64() * rest; k < len(shares) && at >= shares[k-1]; k++ {
			at -= shares[k-1]
		}
		c := newCoalition(d.cells)
		for _, cell := range r.Perm(d.cells)[:k] {
			c.add(cell)
		}
		take(c)
		take(c.complement(d.cells))
	}
	for i := fixed; i < len(d.weights); i++ {
		d.weights[i] *= rest / drawn
	}
}
