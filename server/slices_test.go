package server_test

import "testing"

// TestSlicesOverHTTP asks for the same samples in several ways; the texts go through
// a browser's and a program's way of encoding.
func TestSlicesOverHTTP(t *testing.T) {
	_, c := evaluated(t)
	total := func(slice string) int {
		list, err := c.Samples(t.Context(), "colours~net", slice, "path", 0, 100)
		if err != nil {
			t.Fatalf("%s: %v", slice, err)
		}
		return list.Total
	}
	all := total("")
	for _, same := range [][]string{
		{"", "threshold=0", "correct=any", "label=", "label=0,1,2", "label=!-1", "q=&split="},
		{"label=0", "label=red", "label=%72ed", "label=name:red", "label=R E D", "label=!1,2"},
		{"label=1,2", "label=blue,green", "label=!red", "label=green,2"},
		{"confidence=0.5-", "min_confidence=0.5", "confidence=!-0.5"},
		{"score(1)=0.3-0.9", "class=1&min_score=0.3&max_score=0.9", "score(green)=0.3-0.9", "score%28green%29=0.3-0.9"},
		{"predicted=0&threshold=0.6", "predicted=red&threshold=0.6&q=", "predicted=!green,blue,-1&threshold=0.6"},
		{"q=red/", "q=RED%2F"},
	} {
		for _, text := range same[1:] {
			if got, want := total(text), total(same[0]); got != want {
				t.Errorf("%s selects %d samples, %s %d", text, got, same[0], want)
			}
		}
	}
	if red, rest := total("label=red"), total("label=!red"); red == 0 || rest == 0 || red+rest != all {
		t.Errorf("%d red and %d others of %d", red, rest, all)
	}
}
