package tables

import (
	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/imaging/fingerprint"
)

// mostNear is how many pairs of alike images there are at most for an image: of more nothing can be told.
const mostNear = 20

// mostCompared is how many images are compared: so many take some seconds, and ten times as many a hundred times as long.
const mostCompared = 100_000

// near finds the images that show the same in files of different bytes.
func near(t *findings.Answers, prints []fingerprint.Print) {
	var contents [][]int32 // the rows of each content
	var list []fingerprint.Print
	at := map[int32]int{} // by copy
	for i, a := range t.List {
		if !a.Printed {
			continue
		}
		if a.Copy >= 0 {
			if c, known := at[a.Copy]; known {
				contents[c] = append(contents[c], int32(i))
				continue
			}
			at[a.Copy] = len(contents)
		}
		contents, list = append(contents, []int32{int32(i)}), append(list, prints[i])
	}
	if len(list) > mostCompared {
		t.Many = true
		return
	}
	pairs, all := fingerprint.Alike(list, mostNear*len(list))
	t.Crowded = !all
	for _, p := range pairs {
		for _, a := range contents[p.A] {
			for _, b := range contents[p.B] {
				t.Near = append(t.Near, findings.Near{A: min(a, b), B: max(a, b)})
			}
		}
	}
}
