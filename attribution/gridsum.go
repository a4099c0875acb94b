package attribution

// each calls f with every place's number, row by row, and its first index.
func (g Grid) each(f func(place, index int)) {
	for y := range g.Height {
		for x := range g.Width {
			f(y*g.Width+x, g.at(y, x))
		}
	}
}

// plane writes one channel's values, place by place.
func (g Grid) plane(values []float32, channel int, to []float64) {
	for y := range g.Height {
		at, row := g.at(y, 0)+channel*g.ChannelStride, to[y*g.Width:(y+1)*g.Width]
		for x := range row {
			row[x] = float64(values[at])
			at += g.ColumnStride
		}
	}
}

// channelMeans is the mean over places of every channel.
func (g Grid) channelMeans(values []float32) []float64 {
	means, plane := make([]float64, g.Channels), make([]float64, g.Height*g.Width)
	for c := range means {
		g.plane(values, c, plane)
		for _, v := range plane {
			means[c] += v
		}
		means[c] /= float64(len(plane))
	}
	return means
}

// weigh writes every place's weighted sum over channels.
func (g Grid) weigh(values []float32, weights []float64, out []float32) {
	sums, plane := make([]float64, len(out)), make([]float64, len(out))
	for c, w := range weights {
		g.plane(values, c, plane)
		for i, v := range plane {
			sums[i] += w * v
		}
	}
	for i, v := range sums {
		out[i] = float32(v)
	}
}

// products writes every place's sum over channels of f of its value and its slope.
func (g Grid) products(values, slopes, out []float32, f func(value, slope float64) float64) {
	g.each(func(place, i int) {
		sum := 0.0
		for c := range g.Channels {
			at := i + c*g.ChannelStride
			sum += f(float64(values[at]), float64(slopes[at]))
		}
		out[place] = float32(sum)
	})
}

// active counts the places that have a value other than zero.
func (g Grid) active(values []float32) int {
	places := 0
	g.each(func(_, i int) {
		for c := range g.Channels {
			if values[i+c*g.ChannelStride] != 0 {
				places++
				break
			}
		}
	})
	return places
}
