package slice_test

import (
	"testing"

	"github.com/sightline/sightline/slice"
)

func TestNamed(t *testing.T) {
	classes := []string{"cake", "pie, warm", "77", "twice", "twice"}
	for text, want := range map[string]string{
		"label=0":                             "label=cake",
		"label=!1,-1":                         "label=!-1,pie%2C%20warm",
		"label=2&score(1)=0.5-":               "label=name:77&score(pie%2C%20warm)=0.5-",
		"predicted=3,0":                       "predicted=3,cake",
		"rank=2&share(head,gradcam)=0.5-&q=0": "rank=2&share(head,gradcam)=0.5-&q=0",
		"":                                    "",
	} {
		named := slice.MustParse(text).Named(classes)
		if got := named.String(); got != want {
			t.Errorf("%s is %s with names, want %s", text, got, want)
		}
		back, err := named.Resolve(classes)
		before, _ := slice.MustParse(text).Resolve(classes)
		if err != nil || back.String() != before.String() {
			t.Errorf("%s comes back as %s, %v", text, back, err)
		}
	}
}

func TestRenamed(t *testing.T) {
	x := slice.MustParse("tag=b&saved=a,b&q=b")
	if !x.Names("saved", "b") || x.Names("saved", "c") || x.Names("label", "b") {
		t.Errorf("%s", x)
	}
	if got := x.Renamed("saved", "b", "0 c").String(); got != "tag=b&saved=0%20c,a&q=b" {
		t.Errorf("%s", got)
	}
	if x.String() != "tag=b&saved=a,b&q=b" {
		t.Errorf("it changed itself: %s", x)
	}
}

// Every criterion that names evaluations follows them, a twin too; what only looks like one does not.
func TestMoved(t *testing.T) {
	now := map[string]string{"a~b": "a~c"}
	for text, want := range map[string]string{
		"transition(a~b)=fixed":                   "transition(a~c)=fixed",
		"was(a~b)=1":                              "was(a~c)=1",
		"reason(x~y,gradcam,predicted,a~b)=other": "reason(x~y,gradcam,predicted,a~c)=other",
		"tag=a~b":                                 "tag=a~b",
		"label=1":                                 "label=1",
	} {
		of, err := slice.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := of.Moved(now).String(); got != want || of.String() != slice.MustParse(text).String() {
			t.Errorf("%s becomes %s, want %s; it is %s now", text, got, want, of)
		}
	}
}
