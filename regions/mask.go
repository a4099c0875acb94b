package regions

import (
	"errors"
	"fmt"
	"math"
)

// mask is the region of the pixels of a mask, as boxes that do not overlap: its points
// are width and height, and the lengths of the runs of pixels, down the columns, that
// are in turn outside and inside. Runs of the same rows in columns side by side are one box.
func mask(points []float64) (Region, error) {
	if len(points) < 3 || !whole(points) || points[0] < 1 || points[1] < 1 {
		return nil, errors.New("a mask needs a width, a height and runs of pixels, all of them whole numbers")
	}
	height := int(points[1])
	m := &maskBoxes{open: map[[2]int]int{}}
	at := 0
	for i, n := range points[2:] {
		if i%2 == 1 {
			m.run(at, at+int(n), height)
		}
		at += int(n)
	}
	if at != int(points[0])*height {
		return nil, fmt.Errorf("a mask of %d×%d pixels has runs of %d", int(points[0]), height, at)
	}
	return m.region, nil
}

func whole(points []float64) bool {
	for _, p := range points {
		if !(p >= 0 && p <= math.MaxInt32) || p != math.Trunc(p) {
			return false
		}
	}
	return true
}

// maskBoxes collects the boxes of a mask, from the left column to the right.
type maskBoxes struct {
	region Region
	open   map[[2]int]int // of rows: the last box with them
}

// run adds the pixels from one number to another, counted down the columns.
func (m *maskBoxes) run(from, to, height int) {
	if column := from / height; from%height > 0 && to > (column+1)*height {
		m.box(column, column+1, from%height, height)
		from = (column + 1) * height
	}
	if columns := (to - from) / height; from%height == 0 && columns > 0 {
		m.box(from/height, from/height+columns, 0, height)
		from += columns * height
	}
	if to > from {
		m.box(from/height, from/height+1, from%height, from%height+to-from)
	}
}

// box adds one, or widens the one to its left if that has the same rows.
func (m *maskBoxes) box(left, right, top, bottom int) {
	rows := [2]int{top, bottom}
	if i, ok := m.open[rows]; ok && m.region[i][2] == float64(left) {
		m.region[i][2], m.region[i][4] = float64(right), float64(right)
		return
	}
	m.open[rows] = len(m.region)
	m.region = append(m.region, Box(float64(left), float64(top), float64(right), float64(bottom))[0])
}
