package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// cocoRuns is a run-length mask of COCO: the lengths of the runs of pixels, down the
// columns, that are in turn outside (the first) and inside.
type cocoRuns struct {
	Size   []int           `json:"size"`   // height, width
	Counts json.RawMessage `json:"counts"` // a list of numbers, or a string that holds them compressed
}

// maskOf reads a segmentation that is a run-length mask, as the points of a region of
// kind Mask; none if it is none.
func maskOf(segmentation json.RawMessage) ([]float64, error) {
	var m cocoRuns
	if json.Unmarshal(segmentation, &m) != nil || len(m.Counts) == 0 {
		return nil, nil
	}
	if len(m.Size) != 2 || m.Size[0] < 1 || m.Size[1] < 1 || max(m.Size[0], m.Size[1]) > math.MaxInt32 {
		return nil, fmt.Errorf("a run-length mask of size %v, which is not height, width", m.Size)
	}
	runs, err := m.runs()
	if err != nil {
		return nil, err
	}
	points := []float64{float64(m.Size[1]), float64(m.Size[0])}
	left, inside := int64(m.Size[0])*int64(m.Size[1]), int64(0)
	for i, n := range runs {
		if n < 0 || n > left {
			return nil, fmt.Errorf("run %d of a mask of %d×%d pixels has %d pixels", i+1, m.Size[1], m.Size[0], n)
		}
		left -= n
		inside += n * int64(i%2)
		points = append(points, float64(n))
	}
	switch {
	case left != 0:
		return nil, fmt.Errorf("a mask of %d×%d pixels whose runs lack %d of them", m.Size[1], m.Size[0], left)
	case inside == 0:
		return nil, errors.New("a mask without a pixel: leave the annotation out")
	}
	return points, nil
}

func (m cocoRuns) runs() (runs []int64, err error) {
	var text string
	if json.Unmarshal(m.Counts, &text) == nil {
		return decompress(text)
	}
	if err = json.Unmarshal(m.Counts, &runs); err != nil {
		return nil, errors.New("a run-length mask whose counts are neither whole numbers nor a string")
	}
	return runs, nil
}

// decompress reads COCO's compressed counts. A number is digits of five bits, the
// lowest first, each a character from '0' on; 32 is added to all but the last, whose
// highest bit is the sign. From the fourth number on, what is written is the
// difference from the number two before.
func decompress(text string) ([]int64, error) {
	const most = 12 // digits that fit 60 bits
	var runs []int64
	value, digits := int64(0), 0
	for i := range len(text) {
		c := int64(text[i]) - '0'
		if c < 0 || c > 63 || digits == most {
			return nil, fmt.Errorf("character %d of a mask's compressed counts cannot be there", i+1)
		}
		value |= (c & 31) << (5 * digits)
		digits++
		if c >= 32 {
			continue
		}
		if c >= 16 {
			value -= 1 << (5 * digits)
		}
		if len(runs) > 2 {
			value += runs[len(runs)-2]
		}
		runs = append(runs, value)
		value, digits = 0, 0
	}
	if digits > 0 {
		return nil, errors.New("a mask's compressed counts end in the middle of a number")
	}
	return runs, nil
}

// maskBounds is the smallest box around the pixels of a mask.
func maskBounds(points []float64) (x0, y0, x1, y1 float64) {
	height := points[1]
	at, found := 0.0, false
	for i, n := range points[2:] {
		if i%2 == 1 && n > 0 {
			left, right := floorDiv(at, height), floorDiv(at+n-1, height)
			top, bottom := at-left*height, at+n-right*height
			if left != right { // it reaches a column's end, and begins the next
				top, bottom = 0, height
			}
			if !found {
				x0, y0, x1, y1, found = left, top, right+1, bottom, true
			}
			x0, y0, x1, y1 = min(x0, left), min(y0, top), max(x1, right+1), max(y1, bottom)
		}
		at += n
	}
	return x0, y0, x1, y1
}

func floorDiv(a, b float64) float64 { return float64(int64(a) / int64(b)) }
