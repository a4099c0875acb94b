package export

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Names are what every system can hold, and stay what they are where they can be that already.
func TestSafe(t *testing.T) {
	for text, want := range map[string]string{
		"cake": "cake", "hot dog": "hot dog", "Überguss": "Überguss", "..": "unnamed", ".": "unnamed", "": "unnamed", ".git": "_git", "__MACOSX": "_MACOSX", "a/b\\c": "a_b_c",
		"CON": "_CON", "con.txt": "_con.txt", "lpt1": "_lpt1", "console": "console", "a\x00b\n": "a_b_", " a. ": "a", "e\u0301": "\u00e9", "a\xffb": "a_b", "x:y*?": "x_y__",
		" .x. ": "_x", strings.Repeat("é", 300): strings.Repeat("é", 100),
	} {
		if got := safe(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Two of a folder never have one name, even where a system ignores case; the same one keeps its name.
func TestNamesDiffer(t *testing.T) {
	n := newNames()
	for _, c := range [][2]string{{"a", "x.jpg"}, {"b", "X.JPG"}, {"c", "x-2.jpg"}, {"a", "x.jpg"}, {"d", "x.jpg"}} {
		n.name(c[0], c[1])
	}
	want := map[string]string{"a": "x.jpg", "b": "X-2.JPG", "c": "x-2-2.jpg", "d": "x-3.jpg"}
	for key, name := range want {
		if n.of[key] != name {
			t.Errorf("%s is called %s, want %s", key, n.of[key], name)
		}
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("a/../b")
	f.Fuzz(func(t *testing.T, text string) {
		got := safe(text)
		if got == "" || len(got) > 255 || strings.ContainsAny(got, "/\\\x00") || strings.HasPrefix(got, ".") || !utf8.ValidString(got) || safe(got) != got {
			t.Errorf("%q becomes %q, and that %q", text, got, safe(got))
		}
	})
}

func TestCell(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "+1": "'+1", "-a": "'-a", "@x": "'@x", "\tx": "'\tx", "": "", "a=1": "a=1", "'=": "'="} {
		if got := Cell(text, false); got != want || Cell(text, true) != text {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// The issues are those of a plain reading of the rule.
func TestIssuesFollowTheRule(t *testing.T) {
	// Class 0: mean score of its samples 0.6; class 1: 0.5; class 2 has none.
	thresholds := []float64{0.6, 0.5, 2}
	for _, c := range []struct {
		scores []float32
		want   int
	}{{[]float32{0.6, 0.4, 0}, 0}, {[]float32{0.45, 0.55, 0}, 1}, {[]float32{0.55, 0.45, 0}, -1}, {[]float32{0, 0, 1}, -1}, {[]float32{0.7, 0.5, 0}, 0}} {
		if got := confidentClass(c.scores, thresholds); got != c.want {
			t.Errorf("%v is confidently %d, want %d", c.scores, got, c.want)
		}
	}
}
