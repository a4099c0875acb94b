package concepts

import (
	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/regions"
)

// Inside is the share of a sample's largest value above which a position belongs to a concept.
const Inside = 0.5

// Mask is the region of a sample in which a concept is, in displayed pixels: it can be hidden, and
// compared with other regions, as any region can. nil where the concept is nowhere.
func (c *Class) Mask(p *Place, places []byte, concept int) regions.Region {
	n := c.Width * c.Height
	m := attribution.Map{Width: c.Width, Height: c.Height, Geometry: p.Geometry, Values: make([]float32, n)}
	for i, v := range places[concept*n : (concept+1)*n] {
		m.Values[i] = float32(v)
	}
	return regions.Above(&m, Inside)
}
