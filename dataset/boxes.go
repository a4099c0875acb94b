package dataset

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Names of a table's columns of boxes: the corners, and what the region is called.
var (
	cornerNames = [4][]string{{"x1", "xmin", "left", "x0"}, {"y1", "ymin", "top", "y0"}, {"x2", "xmax", "right"}, {"y2", "ymax", "bottom"}}
	regionNamed = []string{"region", "regionname", "label", "labelname", "class", "classname", "category", "categoryname", "object", "name"}
)

// boxColumns are the positions of a table's columns; name is -1 where there is none.
type boxColumns struct {
	path, name int
	corners    [4]int // x1, y1, x2, y2
}

// ReadBoxes reads a CSV or TSV file of boxes: path, x1, y1, x2, y2 and optionally a
// name, in this order, or in any under a header. x2 and y2 are where the box ends:
// a box of the first pixel is 0,0,1,1. Regions without a name get the given one.
// An image's boxes are together, in the order of the file.
func ReadBoxes(data []byte, name string) ([]Annotated, error) {
	rows, lines, err := readRows(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrRegions, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%w: the table is empty", ErrRegions)
	}
	c, header := findBoxColumns(rows[0])
	if slices.Contains(c.corners[:], -1) || c.path < 0 {
		return nil, fmt.Errorf("%w: the header %q does not name the columns path, x1, y1, x2, y2 (and name, if there are several regions)", ErrRegions, strings.Join(rows[0], ", "))
	}
	if header {
		rows, lines = rows[1:], lines[1:]
	}
	var images []Annotated
	at := map[string]int{}
	for i, row := range rows {
		file, region, err := c.box(row, name)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %v", ErrRegions, lines[i], err)
		}
		if _, seen := at[file]; !seen {
			at[file], images = len(images), append(images, Annotated{File: file})
		}
		of := &images[at[file]]
		of.Regions = append(of.Regions, region)
	}
	return images, nil
}

// findBoxColumns reads the header; a first row whose second field is a number is none.
func findBoxColumns(first []string) (c boxColumns, header bool) {
	if len(first) >= 5 {
		if _, err := strconv.ParseFloat(first[1], 64); err == nil {
			c = boxColumns{path: 0, name: -1, corners: [4]int{1, 2, 3, 4}}
			if len(first) > 5 {
				c.name = 5
			}
			return c, false
		}
	}
	plain, corners := make([]string, len(first)), make([]string, len(first))
	for i, name := range first {
		plain[i], corners[i] = plainName(name), cornerName(name)
	}
	c = boxColumns{path: firstOf(plain, pathNames)}
	for i, names := range cornerNames {
		c.corners[i] = firstOf(corners, names)
	}
	if c.path >= 0 {
		plain[c.path] = ""
	}
	c.name = firstOf(plain, regionNamed)
	return c, true
}

// cornerName is a header's name in lower case letters and digits, without what it is a
// corner of: "Roi.X1" and "bbox_x1" are x1.
func cornerName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	for _, of := range []string{"roi", "bbox", "box"} {
		name = strings.TrimPrefix(name, of)
	}
	return name
}

// box reads one row.
func (c boxColumns) box(row []string, name string) (file string, r Region, err error) {
	if last := max(c.path, slices.Max(c.corners[:])); last >= len(row) {
		return "", r, fmt.Errorf("%d fields, where the box needs %d", len(row), last+1)
	}
	file, r = cleanPath(row[c.path]), Region{Name: name, Kind: Box, Points: make([]float64, 4)}
	if file == "" {
		return "", r, fmt.Errorf("no path")
	}
	for i, at := range c.corners {
		if r.Points[i], err = strconv.ParseFloat(row[at], 64); err != nil || math.IsInf(r.Points[i], 0) || math.IsNaN(r.Points[i]) {
			return "", r, fmt.Errorf("%q is no number of pixels", row[at])
		}
	}
	if !(r.Points[0] < r.Points[2] && r.Points[1] < r.Points[3]) {
		return "", r, fmt.Errorf("the box of %s ends before it begins: x1 %g, y1 %g, x2 %g, y2 %g", file, r.Points[0], r.Points[1], r.Points[2], r.Points[3])
	}
	if c.name >= 0 && c.name < len(row) && row[c.name] != "" {
		r.Name = row[c.name]
	}
	return file, r, nil
}
