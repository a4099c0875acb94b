package compare

import (
	"math/rand/v2"
	"testing"
)

// Both matrices are those of package metrics, counted image by image; classes that only the earlier
// evaluation has stand in the last column.
func TestMatrices(t *testing.T) {
	list := draw(rand.New(rand.NewPCG(11, 12)), 200, 0.8, 0.6)
	p := pairsOf(list)
	p.Cells = append(p.Cells, Cell{Truth: 1, TruthBefore: 1, Now: 1, Before: otherClass - 3, Count: 5}, Cell{Truth: 2, TruthBefore: otherClass, Now: 2, Before: 0, Count: 7})
	wantNow, wantBefore := matrices(list)
	before, now := p.Matrices()
	for i := range classes {
		for j := range classes + 1 {
			n, b := wantNow.Counts[i*(classes+1)+j], wantBefore.Counts[i*(classes+1)+j]
			switch {
			case i == 1 && j == 1:
				n += 5
			case i == 1 && j == classes:
				b += 5
			case i == 2 && j == 2:
				n += 7
			}
			if now[i*(classes+1)+j] != n || before[i*(classes+1)+j] != b {
				t.Errorf("label %d, predicted %d: %d and %d, want %d and %d", i, j, before[i*(classes+1)+j], now[i*(classes+1)+j], b, n)
			}
		}
	}
}
