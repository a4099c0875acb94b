package compare

// Matrices counts the paired images by label and prediction, before and now: row by row, a row per class of
// the later evaluation and a column per class, and a last one for no decision. Each evaluation goes by
// its own labels. An earlier prediction of a class that the later one does not have counts in the last
// column; images with such a label are left out before.
func (p *Pairs) Matrices() (before, now []uint32) {
	n := len(p.Classes)
	before, now = make([]uint32, n*(n+1)), make([]uint32, n*(n+1))
	column := func(class int) int {
		if class < 0 {
			return n
		}
		return class
	}
	for _, c := range p.Cells {
		now[c.Truth*(n+1)+column(c.Now)] += uint32(c.Count)
		if c.TruthBefore >= 0 {
			before[c.TruthBefore*(n+1)+column(c.Before)] += uint32(c.Count)
		}
	}
	return before, now
}
