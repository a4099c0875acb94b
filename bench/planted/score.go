package main

import (
	"context"
	"math"
	"slices"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/regions"
)

// score is what findings said of a model.
type score struct {
	plant      string
	prevalence float64 // 0: clean
	spurious   float64 // share of other classes' right photos that turn when the plant is put in
	accuracy   float64
	passes     int
	named      bool // a finding claims the planted place, of the right class
	convicted  bool // and it is a shortcut
	false_     []string
	reasons    int
	whyNot     bool    // no reason, and it is said why
	overlap    float64 // of the place that is convicted, as far as it was tightened, and the plant: what both have, divided by all
}

// scoreOf compares findings with what was planted; class is -1 in a clean model. All photos have
// the size of the first.
func scoreOf(s *subject, list []findings.Finding, p *plant, class, seed int) score {
	im, _ := s.base.image(s.photos[0].file)
	out := score{accuracy: s.accuracy, passes: s.passes}
	for _, f := range list {
		hit := p != nil && f.Class == class && p.hit(&f, im.Width, im.Height, seed)
		if f.Claims() {
			out.reasons++
			out.named = out.named || hit
		}
		if f.Kind == findings.Shortcut {
			out.convicted = out.convicted || hit
			if hit {
				out.overlap = max(out.overlap, p.overlap(&f, im.Width, im.Height, seed))
			}
			if !hit && (p == nil || f.Class != class || !p.held(&f, im.Width, im.Height, seed)) {
				out.false_ = append(out.false_, f.Text)
			}
		}
	}
	out.whyNot = out.reasons == 0 && s.saysWhyNot()
	return out
}

// saysWhyNot tells whether what was left untested is said.
func (s *subject) saysWhyNot() bool {
	for _, plan := range s.plans {
		if len(plan.Untested) > 0 {
			return true
		}
	}
	return false
}

// How near a found place must be to the planted one: by the overlap of both, or its centre in an
// area that is not much larger.
const (
	leastIoU   = 0.5
	mostLarger = 4
)

// covers tells whether a place of the product is where the plant is.
func (p *plant) covers(place string, width, height, seed int) bool {
	if p.where == nil {
		return slices.Contains(p.as, place)
	}
	planted := p.where(width, height, seed)
	known := placeOf(place, width, height)
	return known != nil && near(planted, known)
}

// partsOf are the places of a finding: one, or several together.
func partsOf(f *findings.Finding) []string {
	if len(f.Parts) > 0 {
		return f.Parts
	}
	return []string{f.Region}
}

// hit tells whether a finding's place, one of several, or what it was tightened to, is the plant's.
func (p *plant) hit(f *findings.Finding, width, height, seed int) bool {
	return p.coversPart(f.Tight, width, height, seed) || slices.ContainsFunc(partsOf(f), func(place string) bool { return p.covers(place, width, height, seed) })
}

// held tells whether the plant is in one of a finding's places.
func (p *plant) held(f *findings.Finding, width, height, seed int) bool {
	return slices.ContainsFunc(partsOf(f), func(place string) bool { return p.holds(place, width, height, seed) })
}

// overlap is that of the plant and a finding's place, as far as it was tightened.
func (p *plant) overlap(f *findings.Finding, width, height, seed int) float64 {
	if p.where == nil {
		return 0
	}
	known := placeOf(f.Region, width, height)
	if f.Tight != nil {
		known = boxOf(f.Tight, width, height)
	}
	if known == nil {
		return 0
	}
	return overlap(p.where(width, height, seed), known)
}

// coversPart tells whether the part that a place was tightened to is where the plant is.
func (p *plant) coversPart(t *findings.Tight, width, height, seed int) bool {
	if p.where == nil || t == nil {
		return false
	}
	return near(p.where(width, height, seed), boxOf(t, width, height))
}

// boxOf is the part of an image that a place was tightened to.
func boxOf(t *findings.Tight, width, height int) regions.Region {
	return regions.Box(t.Box.Of(0, 0, float64(width), float64(height)))
}

// overlap is the area that two regions have in common, divided by that of both.
func overlap(planted, known regions.Region) float64 {
	common := regions.Covered(planted, known) * planted.Area()
	return common / (planted.Area() + known.Area() - common)
}

// near tells whether a found area is near enough to the planted one.
func near(planted, known regions.Region) bool {
	if overlap(planted, known) >= leastIoU {
		return true
	}
	left, top, right, bottom := planted.Bounds()
	return len(planted) == 1 && known.Contains((left+right)/2, (top+bottom)/2) && known.Area() <= mostLarger*planted.Area()
}

// placeOf is a place of every image by its name; nil if there is none.
func placeOf(name string, width, height int) regions.Region {
	for _, known := range regions.Places(width, height) {
		if known.Name == name {
			return known.Region
		}
	}
	return nil
}

// holds tells whether a place has the plant in it, however much else, or lies on the plant.
func (p *plant) holds(place string, width, height, seed int) bool {
	if p.where == nil {
		return false
	}
	planted, known := p.where(width, height, seed), placeOf(place, width, height)
	return regions.Covered(planted, known) > 0.95 || regions.Covered(known, planted) >= leastIoU
}

// spurious is the share of right photos of other classes that turn to the class when the
// plant is put into them.
func (s *subject) spurious(ctx context.Context, p *plant, class, seed int) (float64, error) {
	var files []string
	for c, ids := range s.right {
		if c == class {
			continue
		}
		for _, id := range ids {
			files = append(files, s.photos[id-1].file+p.mark(seed))
		}
	}
	features, err := s.base.features(ctx, files)
	if err != nil {
		return math.NaN(), err
	}
	turned := 0.0
	for _, f := range features {
		if findings.OutcomeOf(s.head.logits(f), class).Winner == class {
			turned++
		}
	}
	return turned / float64(len(files)), nil
}
