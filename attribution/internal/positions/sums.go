package positions

// Each calls f with every place's number, row by row, and its first index.
func (g Grid) Each(f func(place, index int)) {
	for y := range g.Height {
		for x := range g.Width {
			f(y*g.Width+x, g.At(y, x))
		}
	}
}

// Plane writes one channel's values, place by place.
func (g Grid) Plane(values []float32, channel int, to []float64) {
	for y := range g.Height {
		at, row := g.At(y, 0)+channel*g.ChannelStride, to[y*g.Width:(y+1)*g.Width]
		for x := range row {
			row[x] = float64(values[at])
			at += g.ColumnStride
		}
	}
}

// ChannelMeans is the mean of every channel over its spatial positions.
func (g Grid) ChannelMeans(values []float32) []float64 {
	means, plane := make([]float64, g.Channels), make([]float64, g.Height*g.Width)
	for c := range means {
		g.Plane(values, c, plane)
		for _, v := range plane {
			means[c] += v
		}
		means[c] /= float64(len(plane))
	}
	return means
}

// Weigh writes every place's weighted sum over channels.
func (g Grid) Weigh(values []float32, weights []float64, out []float32) {
	sums, plane := make([]float64, len(out)), make([]float64, len(out))
	for c, w := range weights {
		g.Plane(values, c, plane)
		for i, v := range plane {
			sums[i] += w * v
		}
	}
	for i, v := range sums {
		out[i] = float32(v)
	}
}

// Products writes every place's sum over channels of f of its value and its slope.
func (g Grid) Products(values, slopes, out []float32, f func(value, slope float64) float64) {
	g.Each(func(place, i int) {
		sum := 0.0
		for c := range g.Channels {
			at := i + c*g.ChannelStride
			sum += f(float64(values[at]), float64(slopes[at]))
		}
		out[place] = float32(sum)
	})
}

// Active counts the places that have a value other than zero.
func (g Grid) Active(values []float32) int {
	places := 0
	g.Each(func(_, i int) {
		for c := range g.Channels {
			if values[i+c*g.ChannelStride] != 0 {
				places++
				break
			}
		}
	})
	return places
}

// Rows writes a row of channels for every place.
func (g Grid) Rows(values, to []float32) {
	g.Each(func(place, i int) {
		row := to[place*g.Channels : (place+1)*g.Channels]
		for c := range row {
			row[c] = values[i+c*g.ChannelStride]
		}
	})
}
