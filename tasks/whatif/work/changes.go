package work

import (
	"slices"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/properties"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/whatif"
	"github.com/sightline/sightline/trials"
)

// Image gives an image when it is needed.
type Image func() (*imaging.Image, error)

// image is one that is there.
func image(im *imaging.Image) Image { return func() (*imaging.Image, error) { return im, nil } }

// Change is a trial that is to be made: how the image becomes another.
type Change struct {
	trials.Trial
	Where  regions.Region // what is changed; nil: nothing
	From   task.Image     // of Donor: where its area is taken from
	Source regions.Region // and which
	Make   Image
}

// Changes lists what is tried with a sample, first nothing. A region that it does not have
// is left out. load reads the images of donors.
func Changes(it whatif.Item, seed uint64, im Image, load func(task.Image) (Image, error)) ([]Change, error) {
	base := trials.Trial{Unit: it.Unit, Sample: it.ID, Class: it.Class}
	list := []Change{{Trial: base, Make: im}}
	for _, a := range it.Areas {
		region, controls, err := whatif.ControlsOf(it.Where, a.Shape, a.Matter, a.Controls, whatif.Seed(seed, it.ID))
		if err != nil {
			return nil, err
		}
		if region == nil {
			continue
		}
		t := base
		t.Class, t.Region, t.Area = a.Class, a.Region, region.Area()/float64(it.Where.Width*it.Where.Height)
		for _, fill := range a.Fills {
			for place, where := range append([]regions.Region{region}, controls...) {
				t.Place, t.Fill = place, fill
				list = append(list, Change{Trial: t, Where: where, Make: hidden(im, where, fill)})
			}
		}
		for _, d := range a.Donors {
			c, err := donated(t, im, it, a.Shape, d, load)
			if err != nil {
				return nil, err
			}
			if c != nil {
				list = append(list, *c)
			}
		}
	}
	return list, nil
}

func hidden(im Image, where regions.Region, fill string) Image {
	return func() (*imaging.Image, error) {
		whole, err := im()
		if err != nil {
			return nil, err
		}
		return regions.Hide(whole, where, regions.Fill(fill), 0)
	}
}

// donated puts a donor's area in the place of a sample's, part by part; nil if the donor does not
// have all of it.
func donated(t trials.Trial, im Image, it whatif.Item, s whatif.Shape, d whatif.Donor, load func(task.Image) (Image, error)) (*Change, error) {
	parts, err := whatif.PartsOf(it.Where, s)
	if err != nil {
		return nil, err
	}
	sources, err := whatif.PartsOf(d.Where, s)
	if err != nil || sources == nil {
		return nil, err
	}
	from, err := load(d.Image)
	if err != nil {
		return nil, err
	}
	t.Place, t.Fill, t.Donor = d.Place, d.Fill, d.ID
	return &Change{Trial: t, Where: slices.Concat(parts...), From: d.Image, Source: slices.Concat(sources...), Make: func() (*imaging.Image, error) {
		whole, err := im()
		if err != nil {
			return nil, err
		}
		donor, err := from()
		if err == nil && s.Whole {
			return properties.Give(whole, donor, s.Region)
		}
		for i := 0; err == nil && i < len(parts); i++ {
			whole, err = regions.Paste(whole, parts[i], donor, sources[i])
		}
		return whole, err
	}}, nil
}
