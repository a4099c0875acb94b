// Package probing finds by measuring how a model's images were prepared, and in which order
// its classes come: it tries the usual ways on samples whose labels are known, and ranks them
// by log loss with paired intervals. It names the best, and says whether that is clear.
//
// [Search] asks an [Oracle] for logits and does nothing else, so this package neither reads
// files nor runs models. Candidates are tried in stages: the values (scale, mean and
// deviation, order of the channels), then size and crop, then the filter. Each stage is a race: all
// begin with a few samples, and those that are clearly worse see no more. Orders of the class
// names cost no runs, since they only say which score is whose; only usual ones are tried,
// never permutations.
package probing
