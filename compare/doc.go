// Package compare puts two evaluations of the same images side by side: which images
// became right or wrong, and whether a difference is more than chance. The images may be
// those of one dataset, or of two that overlap; classes are matched by name.
//
// [Pairs] are counted by the store, [Of] makes the figures: accuracy and macro F1 with
// paired intervals, the exact test of McNemar, and every class corrected for how many
// there are. The package is pure: numbers in, numbers out.
package compare
