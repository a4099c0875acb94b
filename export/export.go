// Package export writes samples in the forms that other tools read: tables, and folders with
// copies of the images. docs/export.md says of each format what it carries and what is lost.
//
// A format is one entry of Formats. It gets the samples from a Set, which reads them anew for
// each pass, so that no more than a few are in memory; a folder is written as a tar stream, so
// that the server needs no place for it. The package knows no server and no database.
package export

import (
	"context"
	"io"
	"strings"

	"github.com/sightline/sightline/dataset"
)

// Sample is one sample with what is known of it.
type Sample struct {
	Path       string // relative to the dataset's root, with slashes; absolute if outside it
	Label      string // the dataset's own, "" without one
	Predicted  string // class
	Truth      int    // class of the label, -1 without one
	Best       int    // class predicted
	Confidence float32
	Split      string // "" without one
	Hash       string // xxh3-128 of the file's bytes
	Width      int    // as displayed
	Height     int
	Tags       []string
	Note       string           // "" without one
	Proposed   string           // label that somebody proposed, "" without one
	Excluded   bool             // somebody said that it should not count
	Regions    []dataset.Region // in displayed pixels
	Scores     []float32        // of every class, where the set was asked for them; valid during the call

	// Open opens the image as it was imported, and tells its size in bytes.
	Open func() (io.ReadCloser, int64, error)
}

// Set is the samples that are exported.
type Set struct {
	Name    string // what they are of, such as an evaluation
	Model   string
	Slice   string // canonical text of the selection
	Classes []string
	// Each calls f with each sample, in the same order every time, until f returns an error.
	// Scores are given only if asked for.
	Each func(scores bool, f func(*Sample) error) error
	// Whole is Each of all that the samples were selected from: what is measured of classes is
	// measured there.
	Whole func(scores bool, f func(*Sample) error) error
}

// Options of an export.
type Options struct {
	Raw    bool   // cells of CSV files are as they are, also those that a spreadsheet would take for a formula
	Scores bool   // tables have the score of every class
	Temp   string // folder for files that are written before they are sent; "" for the system's
}

// Format is a form in which samples are written. One of File and Folder is set.
type Format struct {
	Name    string
	Title   string // what reads it, in a few words
	Images  bool   // holds copies of the images
	Suffix  string // of the name of a single file
	Type    string // media type of a single file
	File    func(context.Context, *Set, Options, io.Writer) error
	Folder  func(context.Context, *Set, Options, *Folder) error
	Regions bool   // carries regions
	Note    string // what readers of it must know to find the labels; "" where they look for them
}

// Formats lists all formats.
func Formats() []Format {
	return []Format{
		{Name: "csv", Title: "table for spreadsheets; imports again as labels", Suffix: "csv", Type: "text/csv; charset=utf-8", File: writeCSV},
		{Name: "jsonl", Title: "JSON lines, with regions", Suffix: "jsonl", Type: "application/x-ndjson", File: writeJSONLines, Regions: true},
		{Name: "parquet", Title: "table for pandas, DuckDB and Spark", Suffix: "parquet", Type: "application/vnd.apache.parquet", File: writeParquet},
		{Name: "issues", Title: "likely wrong labels, with cleanlab's columns", Suffix: "csv", Type: "text/csv; charset=utf-8", File: writeIssues},
		{Name: "folders", Title: "class folders, in folders of splits", Images: true, Folder: writeFolders},
		{Name: "imagefolder", Title: "Hugging Face imagefolder", Images: true, Folder: writeImageFolder},
		{Name: "yolo-classify", Title: "Ultralytics classification: train, val, test", Images: true, Folder: writeYOLO},
		{Name: "coco", Title: "COCO: images, and a JSON file per split with regions", Images: true, Folder: writeCOCO, Regions: true,
			Note: "COCO has no labels of whole images: label, prediction and tags travel as fields of each image, which other readers pass over"},
		{Name: "voc", Title: "Pascal VOC: images, XML files and image sets", Images: true, Folder: writeVOC, Regions: true},
		{Name: "webdataset", Title: "WebDataset: tar shards per split", Images: true, Folder: writeWebDataset},
		{Name: "labelstudio", Title: "Label Studio: tasks with predictions, and the labelling interface", Images: true, Folder: writeLabelStudio, Regions: true},
	}
}

// Find looks a format up by its name.
func Find(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Names lists the names of all formats.
func Names() string {
	var list []string
	for _, f := range Formats() {
		list = append(list, f.Name)
	}
	return strings.Join(list, ", ")
}
