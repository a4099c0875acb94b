package regions

import (
	"slices"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/stats"
)

// Add gives a list of regions one more; those of one name are one region.
func Add(list []Named, name string, region Region) []Named {
	at := slices.IndexFunc(list, func(n Named) bool { return n.Name == name })
	if at < 0 {
		return append(list, Named{name, region})
	}
	list[at].Region = append(slices.Clip(list[at].Region), region...)
	return list
}

// Share is how much of a map lies in one region of its sample.
type Share struct {
	Region  string `json:"region"`
	Builtin bool   `json:"builtin,omitempty"` // every image has it; else the dataset says where it is
	Mass
}

// Shares measures a map in a sample's own regions, in their order, and then in the
// built-in ones of an image of width×height displayed pixels. Channels are summed.
func Shares(m *attribution.Map, own []Named, width, height int) []Share {
	m = m.Summed()
	var list []Share
	for _, r := range own {
		list = append(list, Share{r.Name, false, Measure(m, r.Region)})
	}
	for _, r := range Builtin(width, height) {
		list = append(list, Share{r.Name, true, Measure(m, r.Region)})
	}
	return list
}

// Reading is what one map says of its sample's regions. LeftOut maps, such as red ones,
// are counted only.
type Reading struct {
	Shares  []Share
	LeftOut bool
}

// Summary is what many maps say of one region: the mean share over those that are
// not left out and whose sample has the region, with its interval, and the mean area.
type Summary struct {
	Region  string
	Builtin bool
	Share   stats.Estimate // see stats.ShareMean
	Area    float64        // mean, of the same maps: what a map without opinion has
}

// Summarise puts together what maps say of each region, in the order in which regions
// first come.
func Summarise(readings []Reading) []Summary {
	var list []Summary
	at := map[string]int{}
	var shares, areas [][]stats.Sample
	for _, r := range readings {
		for _, s := range r.Shares {
			i, known := at[s.Region]
			if !known {
				i = len(list)
				at[s.Region] = i
				list, shares, areas = append(list, Summary{Region: s.Region, Builtin: s.Builtin}), append(shares, nil), append(areas, nil)
			}
			shares[i] = append(shares[i], stats.Sample{Value: s.Share, LeftOut: r.LeftOut})
			areas[i] = append(areas[i], stats.Sample{Value: s.Area, LeftOut: r.LeftOut})
		}
	}
	for i := range list {
		list[i].Share, list[i].Area = stats.ShareMean(shares[i]), stats.Mean(areas[i]).Mean
	}
	return list
}
