package children

import "testing"

func TestEpitaphPrefersTheCrash(t *testing.T) {
	e := &epitaph{}
	e.Write([]byte("loading\nSIGSEGV: segmentation"))
	e.Write([]byte(" violation\n\ngoroutine 1:\nrax 0x0\n"))
	if e.String() != "SIGSEGV: segmentation violation" {
		t.Errorf("got %q", e)
	}
	e = &epitaph{}
	e.Write([]byte("first\nlast words\n"))
	if e.String() != "last words" {
		t.Errorf("got %q", e)
	}
}
