// Package findings says what figures and trials mean: tables in, ranked statements out. It is pure: it
// reads no store, runs no model, and the same tables give the same statements.
//
// A [Pair] is a class and an area of its samples, with what the model said of each sample as
// it is, with the area hidden or swapped, and with as much changed elsewhere (the controls).
// [Analyse] counts, with paired intervals, how many right answers turn more than under the
// controls and how much of the margin goes, corrects for the number of pairs tested
// (Benjamini & Hochberg 1995), asks for size as well as significance, and puts it in words:
//
//	decides                hidden or swapped it turns answers, and pasted it turns others
//	helps                  hidden or swapped it turns answers
//	looked at, not used    hiding it turns at most one right answer in ten, with confidence
//	undecided              neither can be said
//
// A [Finding] is a reason, as every good model has some, or a shortcut, where the user
// declared the area unwanted or it lies along the edge of the image.
//
// [Figures] says what the answers of a model show by themselves ([Answers]): where most errors
// could be won, and what makes the figures doubtful. Each kind of [Statement] is a file with its
// own test of significance: confusion.go, worst.go (slices), data.go, label.go, calibration.go,
// shift.go, copies.go (duplicates and leaks), preprocessing.go.
//
// docs/findings.md explains all of it without formulas.
package findings
