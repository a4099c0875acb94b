package workspace

import (
	"testing"
	"time"
)

func TestPlaceRoundTrip(t *testing.T) {
	for _, p := range []Place{{}, {time.UnixMicro(1_700_000_000_123_456).UTC(), "a.b~c"}, {time.UnixMicro(-5).UTC(), "x"}} {
		if got, err := ParsePlace(p.String()); err != nil || got != p {
			t.Errorf("%+v: %+v, %v", p, got, err)
		}
	}
	for _, text := range []string{"x", "1", ".a", "1e3.a"} {
		if p, err := ParsePlace(text); err == nil {
			t.Errorf("%q is read as %+v", text, p)
		}
	}
}
