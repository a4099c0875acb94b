// Package drawing draws images and maps: colour maps, a map laid over
// its image, thumbnails, files.
package drawing
