package dataset

import (
	"errors"
	"time"

	"github.com/sightline/sightline/imaging"
)

// Source says what to import; it is all that is needed to import it again.
type Source struct {
	Root    string   `json:"root"`              // folder of the images, absolute; or the address of an object store
	Labels  string   `json:"labels,omitempty"`  // CSV or TSV of path,label[,split]; "" for class folders
	List    string   `json:"list,omitempty"`    // text file of paths, without labels
	Regions []string `json:"regions,omitempty"` // COCO JSON files, VOC XML files or folders of them, tables of boxes
	Split   string   `json:"split,omitempty"`   // split of the images that name none

	Columns []string          `json:"columns,omitempty"` // CSV, TSV or JSON lines of path and any columns
	Types   map[string]string `json:"types,omitempty"`   // kinds of columns, by name, where they are not to be found out
}

// Sample is one image file of a dataset.
type Sample struct {
	Path        string // relative to the root, with slashes; absolute if it lies outside
	Label       string
	Labelled    bool // false: no label is known (Label is "")
	Split       string
	Hash        string // xxh3-128 of the bytes, 32 hexadecimal digits; "" if unreadable
	Tag         string // of an object, another one after every change; "" of a file
	Bytes       int64
	Format      string // as imaging.Info.Format, whatever the name's ending says
	Width       int    // as stored, before Orientation
	Height      int
	Orientation imaging.Orientation
	Problem     string // why the file cannot be a sample; "" if it can
}

// Kinds of region.
const (
	Box     = "box"     // Points: x0,y0,x1,y1, the corners
	Polygon = "polygon" // Points: x,y of each vertex, the last joined to the first
	Mask    = "mask"    // Points: width and height of the image, then the lengths of the runs of pixels, down the columns, that are in turn outside (the first, 0 if there are none) and inside
)

// Region is a named area of a sample, in pixels of the displayed (upright)
// image: continuous coordinates, the first pixel spans 0 to 1.
type Region struct {
	Path   string // the sample's Path
	Name   string
	Kind   string
	Points []float64
	Source string // base name of the file it comes from
}

// Kinds of remark.
const (
	Stray    = "stray"    // a file under the root that is no image
	Missing  = "missing"  // named by a table, list or region file, but not there
	Unlisted = "unlisted" // an image under the root that the table does not name
	Warning  = "warning"  // anything else worth saying
)

// Remark is something an import saw and did not import.
type Remark struct {
	Kind   string `json:"kind"`
	Path   string `json:"path"`
	Detail string `json:"detail,omitempty"`
}

// Result is a scanned dataset. Samples are in order of Path.
type Result struct {
	Source  Source
	Layout  string // "folders", "table" or "list"
	Samples []Sample
	Regions []Region
	Columns []Column
	Remarks []Remark
	Listed  bool // by ScanObjects: no image was read, and no regions

	disk *disk // while it is scanned
}

// Progress of a scan: files read of all, and the rate since the start.
type Progress struct {
	Done, Total int
	Rate        float64 // files/s
	Elapsed     time.Duration
}

// Errors that Scan wraps.
var (
	ErrNoFolder = errors.New("no such folder")
	ErrNoImages = errors.New("no images")
)
