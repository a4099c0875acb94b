// Package project lays the images of an evaluation out in the plane by what the model sees in them: exact neighbours
// of each, then UMAP (package projection). A job of it keeps what it has, so that one that was ended goes on to the same bits.
//
// This package is the server half and what travels between the halves; package work is the worker half.
package project
