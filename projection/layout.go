package projection

import (
	"math"
	"runtime"
	"sync"
)

// Layout is the plane in which a graph is laid out, epoch by epoch, by stochastic gradient descent on the
// cross entropy between the fuzzy sets of both (McInnes 2018, algorithm 5).
//
// UMAP's own implementation moves both ends of an edge at once, so that the result hangs on who comes first. Here a row
// gathers: it moves along all of its own edges, and away from rows drawn for it, and sees the others
// as they were. Rows move in a fixed number of turns, so that most see what others did in this epoch; within
// a turn their order is of no importance. What is drawn is a function of seed, epoch and row. So an epoch is a function of
// the positions before it, and whoever keeps those can go on to the same bits.
type Layout struct {
	graph  *Graph
	o      Options
	epoch  int
	points []float32 // [n][2]
	next   []float32
	often  []float64 // by edge: how often it is followed in an epoch
	pull   *table
	push   *table
}

// Options of a layout.
type Options struct {
	Epochs int // default 500 up to 10,000 rows, 200 beyond, as umap-learn has it
	Seed   uint64
}

const (
	curveA, curveB = 1.5769434603113077, 0.8950608779109733 // umap-learn's for spread 1 and a least distance of 0.1
	negatives      = 5                                      // rows drawn for each edge that is followed
	turns          = 8                                      // of an epoch
	width          = 10                                     // of the plane at the start
	most           = 4                                      // that a coordinate moves by at once
)

// EpochsOf is how many epochs n rows take unless said otherwise.
func EpochsOf(n int) int {
	if n > 10_000 {
		return 200
	}
	return 500
}

// NewLayout begins with points, [n][2], such as those of PCA, which it scales and does not change.
func NewLayout(g *Graph, points []float32, o Options) *Layout {
	if o.Epochs <= 0 {
		o.Epochs = EpochsOf(g.Len())
	}
	l := &Layout{graph: g, o: o, points: scaled(points, o.Seed)}
	l.pull, l.push = tabulated(pull), tabulated(push)
	l.next = make([]float32, len(points))
	l.often = make([]float64, len(g.Weights))
	largest := float32(0)
	for _, w := range g.Weights {
		largest = max(largest, w)
	}
	for e, w := range g.Weights {
		l.often[e] = float64(w) / float64(largest)
	}
	return l
}

// scaled fits points into the plane at the start, with a little noise that parts equal ones.
func scaled(points []float32, seed uint64) []float32 {
	out := make([]float32, len(points))
	for axis := range 2 {
		low, high := math.Inf(1), math.Inf(-1)
		for i := axis; i < len(points); i += 2 {
			low, high = min(low, float64(points[i])), max(high, float64(points[i]))
		}
		for i := axis; i < len(points); i += 2 {
			at := 0.0
			if high > low {
				at = (float64(points[i]) - low) / (high - low)
			}
			noise := float64(mixed(seed^mixed(uint64(i)+1))>>11)/(1<<53) - 0.5
			out[i] = float32(width*(at-0.5) + 1e-3*noise)
		}
	}
	return out
}

// Epoch is how many epochs are done.
func (l *Layout) Epoch() int { return l.epoch }

// Points are the positions, [n][2], until the next step.
func (l *Layout) Points() []float32 { return l.points }

// Resume goes on from positions after an epoch.
func (l *Layout) Resume(epoch int, points []float32) {
	l.epoch = epoch
	copy(l.points, points)
}

// Step does an epoch; it must not be called when all are done.
func (l *Layout) Step() {
	n := l.graph.Len()
	rate := float32(1 - float64(l.epoch)/float64(l.o.Epochs))
	cores := runtime.GOMAXPROCS(0)
	for turn := range turns {
		rows := (n - turn + turns - 1) / turns // turn, turn + turns, …
		share := (rows + cores - 1) / max(1, cores)
		var all sync.WaitGroup
		for core := range cores {
			from, to := min(rows, core*share), min(rows, (core+1)*share)
			if from < to {
				all.Go(func() { l.move(turn, from, to, rate) })
			}
		}
		all.Wait()
		for i := turn; i < n; i += turns {
			l.points[2*i], l.points[2*i+1] = l.next[2*i], l.next[2*i+1]
		}
	}
	l.epoch++
}

// move finds where rows of a turn go.
func (l *Layout) move(turn, from, to int, rate float32) {
	n, points, before := uint64(l.graph.Len()), l.points, float64(l.epoch)
	for k := from; k < to; k++ {
		i := turn + k*turns
		x, y := points[2*i], points[2*i+1]
		state := mixed(l.o.Seed ^ mixed(uint64(l.epoch)<<32|uint64(i)))
		for e := l.graph.From[i]; e < l.graph.From[i+1]; e++ {
			if math.Floor((before+1)*l.often[e]) == math.Floor(before*l.often[e]) {
				continue
			}
			j := l.graph.To[e]
			for range 2 { // the edge is followed from both of its ends
				x, y = l.pull.pulled(x, y, points[2*j], points[2*j+1], rate)
			}
			for range negatives {
				state += 0x9e3779b97f4a7c15
				z := (state ^ state>>30) * 0xbf58476d1ce4e5b9
				z = (z ^ z>>27) >> 32
				if j := z * n >> 32; int(j) != i {
					x, y = l.push.pushed(x, y, points[2*j], points[2*j+1], rate)
				}
			}
		}
		l.next[2*i], l.next[2*i+1] = x, y
	}
}

// pulled is where a point goes that is drawn to another.
func (t *table) pulled(x, y, toX, toY, rate float32) (float32, float32) {
	dx, dy := x-toX, y-toY
	g := t.at(dx*dx + dy*dy)
	return x - rate*clipped(g*dx), y - rate*clipped(g*dy)
}

// pushed is where a point goes that keeps away from another.
func (t *table) pushed(x, y, fromX, fromY, rate float32) (float32, float32) {
	dx, dy := x-fromX, y-fromY
	g := t.at(dx*dx + dy*dy)
	return x + rate*clipped(g*dx), y + rate*clipped(g*dy)
}

func clipped(v float32) float32 { return max(-most, min(most, v)) }

// pull and push are the gradients along the difference of two points, as functions of the square of their distance.
func pull(d float64) float64 {
	return 2 * curveA * curveB * math.Pow(d, curveB-1) / (1 + curveA*math.Pow(d, curveB))
}

func push(d float64) float64 {
	return 2 * curveB / ((1e-3 + d) * (1 + curveA*math.Pow(d, curveB)))
}

// table is a smooth function of positive numbers: its values at 64 places between any two powers of two.
type table [1 << 14]float32

const fraction = 1<<17 - 1 // the bits of a float32 between two places

func tabulated(f func(float64) float64) *table {
	t := &table{}
	for i := range t {
		at := max(math.Float32frombits(uint32(i)<<17), 1e-30)
		if at < math.MaxFloat32 { // else neither infinite nor NaN: nothing moves there
			t[i] = float32(f(float64(at)))
		}
	}
	return t
}

// at is the value at a number that is not negative, to about 1e-4 of it.
func (t *table) at(v float32) float32 {
	bits := math.Float32bits(v)
	i := bits >> 17 & (1<<14 - 1)
	low := t[i]
	return low + (t[min(i+1, 1<<14-1)]-low)*(float32(bits&fraction)/(fraction+1))
}
