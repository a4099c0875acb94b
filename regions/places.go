package regions

import "strings"

// bandShare is how much of the height, or the width, a border of one side takes.
const bandShare = 0.125

// Places returns the areas of an image of width×height displayed pixels that are tried on
// every dataset, whatever maps say: the four corners, each a quarter of both sides, the
// four borders, each an eighth of a side deep, and the built-in regions.
func Places(width, height int) []Named {
	w, h := float64(width), float64(height)
	cx, cy, bx, by := cornerShare*w, cornerShare*h, bandShare*w, bandShare*h
	return append([]Named{
		{"top left corner", Box(0, 0, cx, cy)}, {"top right corner", Box(w-cx, 0, w, cy)},
		{"bottom left corner", Box(0, h-cy, cx, h)}, {"bottom right corner", Box(w-cx, h-cy, w, h)},
		{"top border", Box(0, 0, w, by)}, {"bottom border", Box(0, h-by, w, h)},
		{"left border", Box(0, 0, bx, h)}, {"right border", Box(w-bx, 0, w, h)},
	}, Builtin(width, height)...)
}

// Edge tells whether one of the Places lies along the edge of the image, where what is
// photographed seldom is: a corner, a border, or several of them.
func Edge(name string) bool {
	return name == "border" || name == "corners" || strings.HasSuffix(name, " corner") || strings.HasSuffix(name, " border")
}
