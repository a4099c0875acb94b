package regions

import "fmt"

// Named is a region with its name.
type Named struct {
	Name   string
	Region Region
}

// Sizes of the built-in regions.
const (
	borderShare = 0.1 // of each side of the image, taken at each of its ends
	centreShare = 0.5 // of each side
	cornerShare = 0.25
	gridSide    = 3 // cells per side
)

// BuiltinRevision counts the changes of the built-in regions: what was computed before the
// last one lacks a region. The second brought the corners.
const BuiltinRevision = 2

// Builtin returns the regions that every image of width×height displayed pixels
// has: "border", a frame of a tenth of each side, which holds 36 % of the area;
// "center", the middle half of each side, 25 %; "corners", a quarter of each side at all
// four of them, 25 % too; and a grid of 3×3 equal cells, "grid 1,1" to "grid 3,3" by row
// and column. What the model takes from a border or a corner is seldom what it should look at.
func Builtin(width, height int) []Named {
	w, h := float64(width), float64(height)
	x, y := borderShare*w, borderShare*h
	border := Region{Box(0, 0, w, y)[0], Box(0, h-y, w, h)[0], Box(0, y, x, h-y)[0], Box(w-x, y, w, h-y)[0]}
	left, top := (1-centreShare)/2*w, (1-centreShare)/2*h
	cx, cy := cornerShare*w, cornerShare*h
	corners := Region{Box(0, 0, cx, cy)[0], Box(w-cx, 0, w, cy)[0], Box(0, h-cy, cx, h)[0], Box(w-cx, h-cy, w, h)[0]}
	list := []Named{{"border", border}, {"center", Box(left, top, w-left, h-top)}, {"corners", corners}}
	for row := range gridSide {
		for column := range gridSide {
			list = append(list, Named{fmt.Sprintf("grid %d,%d", row+1, column+1), Box(
				w*float64(column)/gridSide, h*float64(row)/gridSide, w*float64(column+1)/gridSide, h*float64(row+1)/gridSide)})
		}
	}
	return list
}
