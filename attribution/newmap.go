package attribution

// NewMap is a finished map of a method that does not sample.
func (r Request) NewMap(method string, t Target, score float64, width, height int, values []float32) *Map {
	m := r.undiagnosed(method, t, score, width, height, values)
	m.Degenerate = Diagnose(values, score)
	return m
}

// undiagnosed is such a map of which it is not yet known whether it may be read.
func (r Request) undiagnosed(method string, t Target, score float64, width, height int, values []float32) *Map {
	return &Map{
		Width: width, Height: height, Values: values, Method: method,
		Target: t.String(), TargetIndex: t.Class, MinusIndex: t.Minus, Score: score,
		Geometry: r.Geometry.Scaled(width, height), Converged: true, Seed: r.Seed,
	}
}
