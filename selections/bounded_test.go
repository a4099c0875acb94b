package selections

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sightline/sightline/slice"
)

// Two people who save at once see neither the other's slice while theirs are tried; what is stored is looked at last.
func TestBounded(t *testing.T) {
	named := func(name, text string) Saved { return Saved{Name: name, Slice: slice.MustParse(text).String()} }
	chain := []Saved{named("a0", "label=0"), named("b0", "label=1")}
	for level := 1; level <= 5; level++ {
		below := fmt.Sprintf("saved=a%d,b%d", level-1, level-1)
		chain = append(chain, named(fmt.Sprintf("a%d", level), below), named(fmt.Sprintf("b%d", level), below))
	}
	for _, c := range []struct {
		list []Saved
		s    Saved
		want string
	}{
		{[]Saved{named("x", "saved=y")}, named("y", "saved=x"), "made of itself: x names y"},
		{[]Saved{named("x", "saved=y"), named("z", "saved=x")}, named("y", "saved=!z"), "made of itself"},
		{[]Saved{named("x", "label=0")}, named("y", "saved=x"), ""},
		{chain[:10], named("top", "saved=a4,b4"), ""},                           // 2 + 4 + … + 32
		{chain, named("top", "saved=a5,b5"), "made of more than 64 slices"},     // 126
		{chain, Saved{Name: "a5", Slice: "label=0", Set: &Set{ID: "0f3c"}}, ""}, // its samples are fixed
	} {
		err := bounded(c.list, c.s)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.s.Name, err, c.want)
		}
	}
}
