// Package spelling finds the names that a mistyped word may have meant.
package spelling

import "strings"

// Slip reports whether one word differs from a name by at most two letters that
// are wrong, missing, too many or exchanged, and by fewer than half of them.
func Slip(word, name string) bool {
	d := Distance([]rune(strings.ToLower(word)), []rune(strings.ToLower(name)))
	return d <= 2 && 2*d < len([]rune(strings.TrimLeft(name, "-")))
}

// Hint is a question after a word that was not found: "; did you mean NAME?", with
// the names that it may be a slip of, or that begin with it. "" if there is none.
func Hint(word string, names []string) string {
	return Question(names,
		func(name string) bool { return Slip(word, name) },
		func(name string) bool { return len(word) > 1 && strings.HasPrefix(name, word) })
}

// Question is "; did you mean NAME?" with the names that are alike in the first of the ways in
// which any name is; "" if there is none.
func Question(names []string, ways ...func(name string) bool) string {
	for _, alike := range ways {
		var near []string
		for _, name := range names {
			if alike(name) {
				near = append(near, name)
			}
		}
		if near != nil {
			return "; did you mean " + strings.Join(near, " or ") + "?"
		}
	}
	return ""
}

// Distance is how many letters must be replaced, dropped, added or exchanged with
// their neighbour to make b of a (optimal string alignment).
func Distance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
