package spelling

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"", "xy", 2}, {"kitten", "sitting", 3}, {"ca", "abc", 3}} {
		if got := Distance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestHint(t *testing.T) {
	names := []string{"accuracy", "recall", "no shortcut", "no new shortcut"}
	for word, want := range map[string]string{
		"acuracy": "; did you mean accuracy?", "Recal": "; did you mean recall?", "no shortcuts": "; did you mean no shortcut?",
		"no": "; did you mean no shortcut or no new shortcut?", "x": "", "precision": "",
	} {
		if got := Hint(word, names); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
