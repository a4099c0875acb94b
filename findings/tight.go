package findings

import "fmt"

// Cut is a part of a box, in shares of its width and height from its upper left corner: 0 to 1.
type Cut struct {
	Left   float64 `json:"left"`
	Top    float64 `json:"top"`
	Right  float64 `json:"right"`
	Bottom float64 `json:"bottom"`
}

// Of is where the part of a box with these edges lies.
func (c Cut) Of(left, top, right, bottom float64) (l, t, r, b float64) {
	w, h := right-left, bottom-top
	return left + c.Left*w, top + c.Top*h, left + c.Right*w, top + c.Bottom*h
}

// Tight is the smallest part of an area that keeps at least four fifths of its effect, of those
// that were tried.
type Tight struct {
	Cut  Cut     // of the area's box
	Box  Cut     // of the image
	Area float64 // share of the image
	Kept float64 // margin that hiding it takes ÷ that of the whole area, on the same images
	N    int     // images
}

// tightened says where in an area the effect is.
func (f *Finding) tightened() string {
	if f.Tight == nil || !f.Claims() {
		return ""
	}
	b := f.Tight.Box
	return fmt.Sprintf(" A part of it does %s of that: %s of the image, from %s to %s of its width and %s to %s of its height.",
		percent(f.Tight.Kept), percent(f.Tight.Area), percent(b.Left), percent(b.Right), percent(b.Top), percent(b.Bottom))
}
