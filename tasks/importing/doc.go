// Package importing brings images into a workspace: it scans a folder, then has workers
// decode every new image and keep a thumbnail and a fingerprint of each. It also has them make thumbnails of,
// and convert, single images on demand.
//
// This package is the server half and what travels between the halves; package work is
// the worker half.
package importing
