package findings

import (
	"math"
	"testing"
)

func tested(class int, region, fill string, turned, control float64, n int) Finding {
	return Finding{Kind: Reason, Word: Decides, Class: class, Region: region, Figures: []Figure{{Fill: fill, Turned: turned, Control: control, N: n, Raw: turned, All: n}}}
}

// The sentence above all says of how many classes each figure is: hiding and swapping are two tests.
func TestHeadlineTellsHidingFromSwapping(t *testing.T) {
	names := []string{"chef", "farmer", "pilot"}
	list := []Finding{tested(0, "head", "pyramid", 0.5, 0, 30), tested(1, "head", Swap, 0.96, 0.02, 40), tested(2, "head", "pyramid", 0.8, 0.1, 30)}
	want := "All 3 classes are decided by the head (in 2 hiding it turns 65 % of right answers, an equal area elsewhere 5 %; in 1 that of another class in its place turns 96 % of right answers, that of the same class 2 %)."
	if got := Headline(list, names); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got, want := Headline([]Finding{list[0], list[2]}, names), "All 2 classes are decided by the head (hiding it turns 65 % of right answers, an equal area elsewhere 5 %)."; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// What all classes together do not use is not said of a class that is found to use it.
func TestNotUsedExceptByThoseThatUseIt(t *testing.T) {
	names := []string{"chef", "pilot"}
	unused := func(region string) Finding {
		return Finding{Word: NotUsed, Class: All, Region: region, Figures: []Figure{{Fill: "pyramid", Control: math.NaN(), All: 60, N: 60}}}
	}
	list := []Finding{tested(0, "head", "pyramid", 0.5, 0, 30), tested(1, "head", "pyramid", 0.7, 0, 30), unused("uniform"), unused("background")}
	both := tested(1, "head + uniform", Swap, 0.98, 0, 30)
	both.Parts = []string{"head", "uniform"}
	lead := "All 2 classes are decided by the head (hiding it turns 60 % of right answers, an equal area elsewhere 0 %). "
	for _, c := range []struct {
		list []Finding
		want string
	}{
		{list, lead + "The uniform and the background are looked at, not used."},
		{append(list[:4:4], both), lead + "The background is looked at, not used; the uniform is looked at, not used, but by pilot."},
	} {
		if got := Headline(c.list, names); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

// Ten points more are no effect where they may be none, unless the margin has size.
func TestSizeIsMoreThanChance(t *testing.T) {
	for _, c := range []struct {
		f    Figure
		want bool
	}{
		{Figure{More: 0.1, Low: -0.02, High: 0.25}, false},
		{Figure{More: 0.1, Low: 0.01, High: 0.25}, true},
		{Figure{More: 0.09, Low: 0.05, High: 0.2}, false},
		{Figure{More: 0.02, Low: -0.05, High: 0.1, Lost: 0.6}, true},
	} {
		if got := c.f.large(); got != c.want {
			t.Errorf("%+v: %v", c.f, got)
		}
	}
}

// Four corners are several.
func TestCornersAreSeveral(t *testing.T) {
	f := tested(0, "corners", "pyramid", 0.5, 0, 30)
	f.Builtin, f.Word = true, Helps
	if got, want := sentence(&f, nil, []string{"chef"}), "The four corners help to decide chef: hiding them turns 50 % of right answers (an equal area elsewhere: 0 %)."; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// The middle of images is spelled as in all texts; a region that somebody named stays as it is called.
func TestPhraseOfTheCentre(t *testing.T) {
	if a, b := Phrase("center", true), Phrase("center", false); a != "the centre" || b != "the center" {
		t.Errorf("%q, %q", a, b)
	}
}
