package attribution

// each calls f with every place's number, row by row, and its first index.
func (g Grid) each(f func(place, index int)) {
	for y := range g.Height {
		for x := range g.Width {
			f(y*g.Width+x, g.at(y, x))
		}
	}
}

// channelMeans is the mean over places of every channel.
func (g Grid) channelMeans(values []float32) []float64 {
	means := make([]float64, g.Channels)
	g.each(func(_, i int) {
		for c := range means {
			means[c] += float64(values[i+c*g.ChannelStride])
		}
	})
	for c := range means {
		means[c] /= float64(g.Height * g.Width)
	}
	return means
}

// weigh writes every place's weighted sum over channels.
func (g Grid) weigh(values []float32, weights []float64, out []float32) {
	g.each(func(place, i int) {
		sum := 0.0
		for c, w := range weights {
			sum += w * float64(values[i+c*g.ChannelStride])
		}
		out[place] = float32(sum)
	})
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
