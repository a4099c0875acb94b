// Package stats says how sure a figure is: intervals of means and proportions,
// tests of differences, and corrections where many tests are made.
//
// [Mean] is a mean with Student's interval, [PairedDifference] the same of two
// figures of the same samples. [ShareMean] is for shares, whose interval lies in
// [0, 1] by its construction. [Wilson] is for counts. [Bootstrap] is for any other
// figure. [McNemar] compares two models on the same samples, [PairedPermutation] and
// [Permutation] test differences without assuming a distribution, and
// [BenjaminiHochberg] corrects many such tests.
//
// Every function is pure and deterministic: what draws at random takes a seed, and
// the same seed gives the same figure. Quantiles of distributions are gonum's. The
// tests compare with SciPy where it has the same definition.
package stats
