package tables

import (
	"context"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/imaging/fingerprint"
)

// mostNear is how many pairs of alike images there are at most for an image: of more nothing can be told.
const mostNear = 20

// mostCompared is how many images are compared: so many take some seconds, and ten times as many a hundred times as long.
const mostCompared = 100_000

// near finds the images that show the same in files of different bytes.
func near(ctx context.Context, t *findings.Answers, prints []fingerprint.Print) error {
	var contents []content
	var list []fingerprint.Print
	at := map[int32]int{} // by copy
	for i := range t.List {
		a := &t.List[i]
		if a.Plain = a.Printed && prints[i].Plain(); a.Plain || !a.Printed {
			continue
		}
		c, known := at[a.Copy]
		if a.Copy < 0 || !known {
			c = len(contents)
			contents, list = append(contents, content{}), append(list, prints[i])
		}
		if a.Copy >= 0 {
			at[a.Copy] = c
		}
		contents[c].add(t.List, int32(i))
	}
	if len(list) > mostCompared {
		t.Many = true
		return nil
	}
	pairs, all, err := fingerprint.Alike(ctx, list, mostNear*len(list))
	t.Crowded = !all && err == nil
	m := meeting{t: t, seen: map[findings.Near]bool{}}
	for _, p := range pairs {
		m.meet(&contents[p.A], &contents[p.B])
		m.meet(&contents[p.B], &contents[p.A])
	}
	return err
}

// content is the images with the same bytes.
type content struct {
	labels []label
	shown  []int32 // for each split the first image, and the first with another label than that
	met    map[partner]bool
}

// label is the images of a content that have the same label.
type label struct {
	truth int32
	rows  []int32
}

// partner is what the images of a label were met with: there is one for each split, and one more with another label.
type partner struct {
	truth, split int32
	disputed     bool
}

func (c *content) add(list []findings.Answer, row int32) {
	truth, split := list[row].Truth, list[row].Split
	of := 0 // labels of the split that are shown
	for _, r := range c.shown {
		if list[r].Split == split {
			of++
			if list[r].Truth == truth {
				of = 2
			}
		}
	}
	if of < 2 {
		c.shown = append(c.shown, row)
	}
	for i := range c.labels {
		if c.labels[i].truth == truth {
			c.labels[i].rows = append(c.labels[i].rows, row)
			return
		}
	}
	c.labels = append(c.labels, label{truth, []int32{row}})
}

// meeting gathers the pairs of images from those of contents: for each image as many as its findings need, not all copies of the one with
// all of the other.
type meeting struct {
	t    *findings.Answers
	seen map[findings.Near]bool
}

// meet gives the images of a content those of another one that they have none of yet.
func (m *meeting) meet(c, other *content) {
	for _, l := range c.labels {
		for _, b := range other.shown {
			with := &m.t.List[b]
			key := partner{l.truth, with.Split, with.Truth != l.truth}
			if c.met[key] {
				continue
			}
			if c.met == nil {
				c.met = map[partner]bool{}
			}
			c.met[key] = true
			for _, a := range l.rows {
				if pair := (findings.Near{A: min(a, b), B: max(a, b)}); !m.seen[pair] {
					m.seen[pair] = true
					m.t.Near = append(m.t.Near, pair)
				}
			}
		}
	}
}
