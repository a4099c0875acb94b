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
	gridSide    = 3   // cells per side
)

// Builtin returns the regions that every image of width×height displayed pixels
// has: "border", a frame of a tenth of each side, which holds 36 % of the area;
// "center", the middle half of each side, 25 %; and a grid of 3×3 equal cells,
// "grid 1,1" to "grid 3,3" by row and column. What the model takes from a border is
// seldom what it should look at.
func Builtin(width, height int) []Named {
	w, h := float64(width), float64(height)
	x, y := borderShare*w, borderShare*h
	border := Region{Box(0, 0, w, y)[0], Box(0, h-y, w, h)[0], Box(0, y, x, h-y)[0], Box(w-x, y, w, h-y)[0]}
	left, top := (1-centreShare)/2*w, (1-centreShare)/2*h
	list := []Named{{"border", border}, {"center", Box(left, top, w-left, h-top)}}
	for row := range gridSide {
		for column := range gridSide {
			list = append(list, Named{fmt.Sprintf("grid %d,%d", row+1, column+1), Box(
				w*float64(column)/gridSide, h*float64(row)/gridSide, w*float64(column+1)/gridSide, h*float64(row+1)/gridSide)})
		}
	}
	return list
}
