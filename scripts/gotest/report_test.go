package main

import (
	"strings"
	"testing"
)

// A run with a test that passes, one that fails, two that skip for the same
// reason in other words behind the colon, and a package that does not build.
const events = `{"Action":"build-output","ImportPath":"x/b","Output":"b.go:3: undefined: y\n"}
{"Action":"output","Package":"x/a","Test":"TestGood","Output":"noise\n"}
{"Action":"pass","Package":"x/a","Test":"TestGood","Elapsed":2.5}
{"Action":"output","Package":"x/a","Test":"TestBad","Output":"    a_test.go:7: got 1, want 2\n"}
{"Action":"fail","Package":"x/a","Test":"TestBad","Elapsed":0.1}
{"Action":"output","Package":"x/a","Test":"TestOne","Output":"=== RUN   TestOne\n"}
{"Action":"output","Package":"x/a","Test":"TestOne","Output":"    a_test.go:9: needs the test material: set X\n"}
{"Action":"skip","Package":"x/a","Test":"TestOne","Elapsed":0}
{"Action":"output","Package":"x/a","Test":"TestTwo/sub","Output":"        deep/t.go:3: looks for the test material\n"}
{"Action":"output","Package":"x/a","Test":"TestTwo/sub","Output":"        deep/a_test.go:19: needs the test material: put it there\n"}
{"Action":"skip","Package":"x/a","Test":"TestTwo/sub","Elapsed":0}
{"Action":"skip","Package":"x/a","Test":"TestThree","Elapsed":0}
{"Action":"output","Package":"x/a","Test":"TestHangs","Output":"panic: test timed out\n"}
{"Action":"output","Package":"x/a","Output":"PASS\n"}
{"Action":"output","Package":"x/a","Output":"FAIL\tx/a\t3.0s\n"}
{"Action":"fail","Package":"x/a"}
{"Action":"skip","Package":"x/none"}
not an event
`

func TestReport(t *testing.T) {
	var out strings.Builder
	r := newReport(&out)
	if err := r.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	want := "b.go:3: undefined: y\n    a_test.go:7: got 1, want 2\nFAIL\tx/a\t3.0s\npanic: test timed out\nnot an event\n"
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", &out, want)
	}
	if got, want := r.skipLine(), "Skipped: 3 Go tests (2 needs the test material; 1 no reason given)."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := r.lookingLines(), "x/a TestTwo\n"; got != want {
		t.Errorf("looked for the test material: %q, want %q", got, want)
	}
	out.Reset()
	r.printSlowest(1)
	if got, want := out.String(), "slowest tests:\n     2.5 s  x/a TestGood\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNothingSkipped(t *testing.T) {
	if got := newReport(nil).skipLine(); got != "Skipped: no Go test." {
		t.Error(got)
	}
}
