package classifier

import "testing"

func TestDifferenceIsSaidWithoutExponents(t *testing.T) {
	for _, c := range []struct {
		worst float64
		want  string
	}{
		{0, "no difference at all"},
		{3.1e-7, "largest difference 0.00003 % of their spread, 0.1 % allowed"},
		{0.26, "largest difference 30 % of their spread, 0.1 % allowed"},
	} {
		if got := difference(c.worst, 0.001); got != c.want {
			t.Errorf("%g: %q, want %q", c.worst, got, c.want)
		}
	}
}
