package perturb

// ahead paints the inputs of the next batch while the model runs this one's, so
// that neither cores nor an accelerator wait for masks. It holds two batches.
type ahead struct {
	masker  *masker
	buffers [2][]float32
	turn    int // the buffer that is painted next
	first   int // the batch under way: its first perturbation and their number
	n       int
	painted chan struct{} // closed when it is done; nil where none is under way
}

func newAhead(m *masker, batch int) *ahead {
	a := &ahead{masker: m}
	for i := range a.buffers {
		a.buffers[i] = make([]float32, batch*len(m.input))
	}
	return a
}

// start begins to paint perturbations first … first+n-1.
func (a *ahead) start(first, n int) {
	a.wait()
	if n <= 0 {
		return
	}
	a.first, a.n, a.painted = first, n, make(chan struct{})
	dst, done := a.buffers[a.turn][:n*len(a.masker.input)], a.painted
	go func() {
		a.masker.batch(dst, first, n)
		close(done)
	}()
}

// inputs returns perturbations first … first+n-1, painted. They are good until
// the second start after this.
func (a *ahead) inputs(first, n int) []float32 {
	if a.painted == nil || a.first != first || a.n != n {
		a.start(first, n)
	}
	a.wait()
	dst := a.buffers[a.turn][:n*len(a.masker.input)]
	a.turn = 1 - a.turn
	return dst
}

// wait ends when nothing is being painted.
func (a *ahead) wait() {
	if a.painted != nil {
		<-a.painted
		a.painted = nil
	}
}
