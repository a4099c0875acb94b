package task

import "github.com/sightline/sightline/catalog"

// Image is a sample's file as a worker needs it: where it is, and what was imported.
// A worker that finds other bytes there sets the sample aside: what is stored of it, its
// label and its thumbnail, is of the image that was imported.
type Image struct {
	File  string `json:"file"`           // absolute
	Hash  string `json:"hash"`           // see files.Hash; "" where it is not known, and not compared
	Bytes int64  `json:"bytes"`          // the size of the file, compared with Hash
	Blob  string `json:"blob,omitempty"` // under which a worker asks for it that has not the server's files
}

// ImageOf is a sample's file.
func ImageOf(f catalog.File) Image {
	return Image{File: f.Path, Hash: f.Hash, Bytes: f.Bytes, Blob: SampleBlob(f.Sample)}
}
