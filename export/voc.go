package export

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"
)

type vocAnnotation struct {
	XMLName xml.Name `xml:"annotation"`
	Folder  string   `xml:"folder"`
	File    string   `xml:"filename"`
	Path    string   `xml:"source>image"`
	Width   int      `xml:"size>width"`
	Height  int      `xml:"size>height"`
	Depth   int      `xml:"size>depth"`
	Label   string   `xml:"label,omitempty"` // not of VOC: its labels are the image sets
	Objects []vocObject
}

type vocObject struct {
	XMLName   xml.Name `xml:"object"`
	Name      string   `xml:"name"`
	Truncated int      `xml:"truncated"`
	Difficult int      `xml:"difficult"`
	XMin      int      `xml:"bndbox>xmin"`
	YMin      int      `xml:"bndbox>ymin"`
	XMax      int      `xml:"bndbox>xmax"`
	YMax      int      `xml:"bndbox>ymax"`
}

// writeVOC writes JPEGImages/FILE, Annotations/NAME.xml with the boxes of regions, and the image
// sets: Main/SPLIT.txt, and Main/CLASS_SPLIT.txt with 1 for the images of a class and -1 for
// others, which is how VOC says the labels of whole images.
func writeVOC(_ context.Context, set *Set, _ Options, to *Folder) error {
	files, stems := newNames(), newNames()
	var all []vocListed
	classes := newNames()
	err := set.Each(false, func(s *Sample) error {
		base := safe(path.Base(s.Path))
		stem := stems.name(s.Path, strings.TrimSuffix(base, path.Ext(base)))
		files.of[s.Path] = stem + path.Ext(base)
		if s.Label != "" {
			classes.name(s.Label, s.Label)
		}
		all = append(all, vocListed{stem, s.Label, s.Split})
		if err := to.Image(path.Join("JPEGImages", files.of[s.Path]), s); err != nil {
			return err
		}
		return to.File(path.Join("Annotations", stem+".xml"), func(w io.Writer) error { return vocFile(files.of[s.Path], s, w) })
	})
	if err != nil {
		return err
	}
	var splits []string
	for _, x := range all {
		if !slices.Contains(splits, x.split) {
			splits = append(splits, x.split)
		}
	}
	for _, split := range splits {
		if err := vocSplit(split, all, classes, to); err != nil {
			return err
		}
	}
	return to.File("classes.json", classes.mapping)
}

// vocListed is an image in the lists.
type vocListed struct{ stem, label, split string }

// vocSplit writes the lists of a split: its images, and for each class which of them are of it.
func vocSplit(split string, all []vocListed, classes *names, to *Folder) error {
	var stems []string
	of := map[string][]string{}
	for _, x := range all {
		if x.split != split {
			continue
		}
		stems = append(stems, x.stem)
		for class := range classes.of {
			mark := "-1"
			if class == x.label {
				mark = " 1"
			}
			of[class] = append(of[class], x.stem+" "+mark)
		}
	}
	if err := to.File("ImageSets/Main/"+splitName(split)+".txt", func(w io.Writer) error { return lines(w, stems) }); err != nil {
		return err
	}
	for _, class := range sorted(of) {
		if err := to.File("ImageSets/Main/"+classes.of[class]+"_"+splitName(split)+".txt", func(w io.Writer) error { return lines(w, of[class]) }); err != nil {
			return err
		}
	}
	return nil
}

func sorted(of map[string][]string) (list []string) {
	for key := range of {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

// vocFile writes the annotation of an image. VOC counts pixels from 1 and includes the last.
func vocFile(file string, s *Sample, w io.Writer) error {
	a := vocAnnotation{Folder: "JPEGImages", File: file, Path: s.Path, Width: s.Width, Height: s.Height, Depth: 3, Label: s.Label}
	for _, r := range s.Regions {
		x0, y0, x1, y1 := bounds(r)
		pixel := func(v float64) int { return int(math.Round(v)) }
		a.Objects = append(a.Objects, vocObject{Name: r.Name, XMin: pixel(x0) + 1, YMin: pixel(y0) + 1, XMax: pixel(x1), YMax: pixel(y1)})
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(a); err != nil {
		return fmt.Errorf("writing the annotation of %s: %w", s.Path, err)
	}
	return nil
}
