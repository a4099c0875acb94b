package dataset

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"path"
)

type vocFile struct {
	XMLName  xml.Name `xml:"annotation"`
	Folder   string   `xml:"folder"`
	Filename string   `xml:"filename"`
	Size     struct {
		Width  int `xml:"width"`
		Height int `xml:"height"`
	} `xml:"size"`
	Objects []struct {
		Name string `xml:"name"`
		Box  *struct {
			XMin float64 `xml:"xmin"`
			YMin float64 `xml:"ymin"`
			XMax float64 `xml:"xmax"`
			YMax float64 `xml:"ymax"`
		} `xml:"bndbox"`
		Polygon *vocPolygon `xml:"polygon"`
	} `xml:"object"`
}

// vocPolygon is LabelMe's and CVAT's addition: <pt> or <x1><y1><x2>….
type vocPolygon struct {
	Points []struct {
		X float64 `xml:"x"`
		Y float64 `xml:"y"`
	} `xml:"pt"`
}

// ReadVOC reads a Pascal VOC XML file, one image's boxes. VOC counts pixels
// from 1 and includes the last one, so a box xmin..xmax spans xmin−1 to xmax
// here (development kit of VOC 2012, section 5.4).
func ReadVOC(data []byte) (Annotated, error) {
	var f vocFile
	d := xml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&f); err != nil {
		return Annotated{}, fmt.Errorf("%w: not Pascal VOC XML: %v", ErrRegions, err)
	}
	if f.Filename == "" {
		return Annotated{}, fmt.Errorf("%w: VOC XML without <filename>", ErrRegions)
	}
	a := Annotated{File: path.Base(cleanPath(f.Filename)), Width: f.Size.Width, Height: f.Size.Height}
	if f.Folder != "" {
		a.File = path.Join(path.Base(cleanPath(f.Folder)), a.File)
	}
	for _, o := range f.Objects {
		if o.Polygon != nil && len(o.Polygon.Points) >= 3 {
			r := Region{Name: o.Name, Kind: Polygon}
			for _, p := range o.Polygon.Points {
				r.Points = append(r.Points, p.X, p.Y)
			}
			a.Regions = append(a.Regions, r)
			continue
		}
		if o.Box == nil || !(o.Box.XMin <= o.Box.XMax) || !(o.Box.YMin <= o.Box.YMax) || math.IsInf(o.Box.XMax, 0) || math.IsInf(o.Box.YMax, 0) {
			return Annotated{}, fmt.Errorf("%w: VOC object %q of %s has no box", ErrRegions, o.Name, f.Filename)
		}
		a.Regions = append(a.Regions, Region{Name: o.Name, Kind: Box, Points: []float64{o.Box.XMin - 1, o.Box.YMin - 1, o.Box.XMax, o.Box.YMax}})
	}
	return a, nil
}
