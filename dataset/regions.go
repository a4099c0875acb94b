package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/sightline/sightline/internal/files"
)

// ErrRegions is wrapped by every complaint about a region file.
var ErrRegions = errors.New("unusable regions")

// Annotated is an image as a region file describes it: its regions in the
// displayed frame, and the size it claims, 0 if none.
type Annotated struct {
	File    string // path or bare name
	Width   int
	Height  int
	Regions []Region // Path is not filled in
}

// addRegions reads the region files of the source and gives their regions to
// the samples.
func (r *Result) addRegions() error {
	m := newMatcher(r.Samples)
	for _, source := range r.Source.Regions {
		list, err := r.disk.regionFiles(source)
		if err != nil {
			return fmt.Errorf("reading regions: %w", err)
		}
		for _, file := range list {
			if err := r.addRegionFile(m, file); err != nil {
				return fmt.Errorf("reading regions: %w", err)
			}
		}
	}
	return nil
}

func (r *Result) addRegionFile(m *matcher, file string) error {
	data, err := r.disk.content(file)
	if err != nil {
		return err
	}
	images, err := readRegions(file, data)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return r.attach(m, images, file)
}

// regionFiles lists the file, or the .json and .xml files in the folder and below.
func (d *disk) regionFiles(source string) ([]string, error) {
	if files.IsObject(source) {
		return []string{source}, nil
	}
	return files.Wait(d.ctx, d.Waiter, func(sign func()) (list []string, err error) {
		err = filepath.WalkDir(source, func(p string, d fs.DirEntry, err error) error {
			sign()
			if err != nil || d.IsDir() {
				return err
			}
			if ext := strings.ToLower(filepath.Ext(p)); p == source || ext == ".json" || ext == ".xml" {
				list = append(list, p)
			}
			return nil
		})
		if err == nil && len(list) == 0 {
			err = fmt.Errorf("%w: %s holds no .json (COCO) and no .xml (Pascal VOC) file", ErrRegions, source)
		}
		return list, err
	}, nil)
}

func readRegions(file string, data []byte) ([]Annotated, error) {
	switch strings.ToLower(filepath.Ext(files.Base(file))) {
	case ".json":
		return ReadCOCO(data)
	case ".xml":
		a, err := ReadVOC(data)
		return []Annotated{a}, err
	case ".csv", ".tsv":
		return ReadBoxes(data, stem(files.Base(file)))
	}
	return nil, fmt.Errorf("%w: give COCO JSON (.json), Pascal VOC XML (.xml) or a table of boxes (.csv)", ErrRegions)
}

// attach gives the regions to their samples. A claimed size that is not the
// displayed one is an error: the regions would land in the wrong place.
func (r *Result) attach(m *matcher, images []Annotated, file string) error {
	for _, a := range images {
		i, why := m.find(a.File, file)
		if i < 0 {
			r.remark(Missing, a.File, "regions of %s: %s", files.Base(file), why)
			continue
		}
		s := &r.Samples[i]
		if s.Problem != "" {
			continue
		}
		w, h := s.Orientation.Upright(s.Width, s.Height)
		if a.Width != 0 && a.Height != 0 && (a.Width != w || a.Height != h) {
			return fmt.Errorf("%w: %s says that %s is %d×%d, but it is displayed at %d×%d; make the regions anew on the images as they are displayed", ErrRegions, file, a.File, a.Width, a.Height, w, h)
		}
		for _, region := range a.Regions {
			if err := checkRegion(region, w, h); err != nil {
				return fmt.Errorf("%w: %s: %s: %v", ErrRegions, file, a.File, err)
			}
			region.Path, region.Source = s.Path, files.Base(file)
			r.Regions = append(r.Regions, region)
		}
	}
	return nil
}

// checkRegion refuses names that cannot be shown, masks of another size, and regions that lie wholly outside the
// image; one that sticks out is normal.
func checkRegion(r Region, width, height int) error {
	if err := nameable("region", r.Name); err != nil {
		return err
	}
	if r.Kind == Mask && (r.Points[0] != float64(width) || r.Points[1] != float64(height)) {
		return fmt.Errorf("the mask of region %q is %g×%g, but the image is displayed at %d×%d; make the mask anew on the image as it is displayed", r.Name, r.Points[0], r.Points[1], width, height)
	}
	x0, y0, x1, y1 := r.Bounds()
	if !(x0 < float64(width) && y0 < float64(height) && x1 > 0 && y1 > 0) {
		return fmt.Errorf("region %q (%g,%g to %g,%g) lies outside its %d×%d pixels", r.Name, x0, y0, x1, y1, width, height)
	}
	return nil
}

// Bounds is the smallest box around a region.
func (r Region) Bounds() (x0, y0, x1, y1 float64) {
	if r.Kind == Mask {
		return maskBounds(r.Points)
	}
	for i := 0; i+1 < len(r.Points); i += 2 {
		x, y := r.Points[i], r.Points[i+1]
		if i == 0 {
			x0, y0, x1, y1 = x, y, x, y
		}
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	return x0, y0, x1, y1
}

// matcher finds the sample a region file means.
type matcher struct {
	samples []Sample
	byPath  map[string]int
	byName  map[string][]int // by base name
	byStem  map[string][]int // by base name without ending
}

func newMatcher(samples []Sample) *matcher {
	m := &matcher{samples, map[string]int{}, map[string][]int{}, map[string][]int{}}
	for i, s := range samples {
		name := path.Base(s.Path)
		m.byPath[s.Path] = i
		m.byName[name] = append(m.byName[name], i)
		m.byStem[stem(name)] = append(m.byStem[stem(name)], i)
	}
	return m
}

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// find takes the path itself, else the samples whose path ends in it, else
// those of the same base name, else of the same name with another ending. Of
// several, the one in a folder of the same name as the region file's is taken.
func (m *matcher) find(name, regionFile string) (index int, why string) {
	if i, ok := m.byPath[name]; ok {
		return i, ""
	}
	candidates := m.byName[path.Base(name)]
	if len(candidates) == 0 {
		candidates = m.byStem[stem(path.Base(name))]
	}
	if len(candidates) > 1 {
		candidates = m.narrow(candidates, name, filepath.Base(filepath.Dir(regionFile)))
	}
	switch len(candidates) {
	case 0:
		return -1, "there is no such sample"
	case 1:
		return candidates[0], ""
	}
	return -1, fmt.Sprintf("%d samples have that name, such as %s and %s", len(candidates), m.samples[candidates[0]].Path, m.samples[candidates[1]].Path)
}

func (m *matcher) narrow(candidates []int, name, folder string) []int {
	for _, fits := range []func(p string) bool{
		func(p string) bool { return strings.HasSuffix(p, "/"+name) },
		func(p string) bool { return path.Base(path.Dir(p)) == folder },
	} {
		var kept []int
		for _, i := range candidates {
			if fits(m.samples[i].Path) {
				kept = append(kept, i)
			}
		}
		if len(kept) == 1 {
			return kept
		}
	}
	return candidates
}
