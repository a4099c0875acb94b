// Package jitter finds how far the maps of a model move by chance: those of images that are
// shifted by 3 pixels, 15 % brighter or darker, or a little noisy, beside those of the images as
// they are. It stores what they say of regions; what another model's maps differ by is compared
// with that (package compare). Kept is what was made: a job that is started again goes on.
//
// This package is the server half and what travels between the halves; package work is the
// worker half.
package jitter
