package regions

/*
#cgo CFLAGS: -O3
#include <stdint.h>
#include <string.h>

typedef float cell __attribute__((vector_size(16)));

static inline cell load(const float *values, long i) {
	cell v;
	memcpy(&v, values + 4 * i, sizeof v);
	return v;
}

// The mean of the neighbours that there are, summed up as left, right, above, below.
static cell mean_at_edge(const float *values, long i, long width, long height) {
	long x = i % width, y = i / width, n = 0;
	cell sum = {0};
	if (x > 0) sum += load(values, i - 1), n++;
	if (x + 1 < width) sum += load(values, i + 1), n++;
	if (y > 0) sum += load(values, i - width), n++;
	if (y + 1 < height) sum += load(values, i + width), n++;
	return n ? sum / (float)n : load(values, i);
}

static inline void relax_cell(float *values, int32_t i, long width, long height, float beyond) {
	cell mean;
	if (i < 0) {
		i = ~i;
		mean = mean_at_edge(values, i, width, height);
	} else {
		mean = (load(values, i - 1) + load(values, i + 1) + load(values, i - width) + load(values, i + width)) / 4;
	}
	cell here = load(values, i);
	here += beyond * (mean - here);
	memcpy(values + 4 * i, &here, sizeof here);
}

// Each cell waits for the one before it, which leaves most of the processor idle; so several
// rounds are under way at once. A round follows the one before it at a distance of lag cells
// of the list, which no two neighbours exceed: then it finds just what it would find alone.
enum { together = 4 };

static void relax(float *values, const int32_t *cells, long n, long lag, long width, long height, float beyond, int rounds) {
	for (; rounds > 0; rounds -= together) {
		int now = rounds < together ? rounds : together;
		for (long t = 0; t < n + (now - 1) * lag; t++)
			for (int r = 0; r < now; r++) {
				long at = t - r * lag;
				if (at >= 0 && at < n) relax_cell(values, cells[at], width, height, beyond);
			}
	}
}
*/
import "C"

import (
	"math"
	"unsafe"
)

// Rounds of relaxation: many where they reach across the region, few on levels that are
// finer than any model sees.
const (
	relaxRounds     = 20
	relaxFineRounds = 4
	relaxFineSide   = 512
)

// relax moves every cell that is not known towards the mean of its neighbours, and a little
// beyond: the factor is the best one for a square of this size. Cells are taken in their order,
// round after round, each at once in place of its old value (Gauss–Seidel).
func (s *surface) relax() {
	side := min(s.width, s.height)
	beyond := float32(2 / (1 + math.Sin(math.Pi/float64(side+1))))
	rounds := relaxRounds
	if side > relaxFineSide {
		rounds = relaxFineRounds
	}
	s.relaxTimes(rounds, beyond)
}

func (s *surface) relaxTimes(rounds int, beyond float32) {
	cells, lag := s.unknown()
	if len(cells) == 0 {
		return
	}
	C.relax((*C.float)(unsafe.Pointer(&s.values[0])), (*C.int32_t)(unsafe.Pointer(&cells[0])), C.long(len(cells)),
		C.long(lag), C.long(s.width), C.long(s.height), C.float(beyond), C.int(rounds))
}

// unknown lists the cells that are not known, by rows; those at the edge, which lack a
// neighbour, as their complement. lag is the most places of the list that lie between a cell
// and a neighbour of it.
func (s *surface) unknown() (cells []int32, lag int) {
	place := make([]int32, s.width) // of the last cell of the list in each column, counted from one
	lag = 1
	for y := range s.height {
		for x := range s.width {
			i := y*s.width + x
			if s.known(i) {
				place[x] = 0
				continue
			}
			if place[x] > 0 {
				lag = max(lag, len(cells)+1-int(place[x]))
			}
			place[x] = int32(len(cells) + 1)
			if x == 0 || y == 0 || x+1 == s.width || y+1 == s.height {
				i = ^i
			}
			cells = append(cells, int32(i))
		}
	}
	return cells, lag
}
