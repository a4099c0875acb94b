package compare

// otherClass − i stands for the class i of the earlier evaluation where the later one has no
// class of that name: it is never the same as a class of the later one.
const otherClass = -2

// NoDecision is the prediction of a sample under the threshold.
const NoDecision = -1

// A Cell counts the images with the same label and the same predictions.
// Classes are indices of the later evaluation, see MatchClasses; predictions may be
// NoDecision.
type Cell struct {
	Truth, TruthBefore int
	Now, Before        int
	Count              int
}

func (c Cell) rightNow() bool    { return c.Now == c.Truth }
func (c Cell) rightBefore() bool { return c.Before == c.TruthBefore }

// Pairs are the images that two evaluations have in common.
type Pairs struct {
	Classes                []string // of the later evaluation
	Missing, MissingBefore []string // classes that only the later one has, that only the earlier one has
	Cells                  []Cell
	Unpaired               int // images of the later evaluation that the earlier one has no prediction of
	Unlabelled             int // pairs without a label on either side
}

// MatchClasses gives the index in now of each class of before, by name; a number of its own
// under NoDecision where there is none. Of a name that is there twice the first counts.
func MatchClasses(now, before []string) []int {
	at := map[string]int{}
	for i := len(now) - 1; i >= 0; i-- {
		at[now[i]] = i
	}
	match := make([]int, len(before))
	for i, name := range before {
		match[i] = otherClass - i
		if j, ok := at[name]; ok {
			match[i] = j
		}
	}
	return match
}

// Missing lists the names of a that b does not have.
func Missing(a, b []string) []string {
	var list []string
	for i, j := range MatchClasses(b, a) {
		if j <= otherClass {
			list = append(list, a[i])
		}
	}
	return list
}
