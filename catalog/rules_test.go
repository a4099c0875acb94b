package catalog

import (
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	for _, name := range []string{"flowers", "my flowers", "Blumen-2026", "花", "a.b", strings.Repeat("x", MostName)} {
		if err := CheckName("dataset", name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, says := range map[string]string{
		"../x": "/", `a\b`: "/", "a~b": "~", "a\x00b": "control", "a\nb": "control", "\xff": "UTF-8", "": "empty", ".hidden": "dot", " x": "space", "x ": "space",
		strings.Repeat("x", MostName+1): "121 characters", strings.Repeat("x", 1_000_000): "1000000 characters",
	} {
		if err := CheckName("dataset", name); err == nil || !strings.Contains(err.Error(), says) || len(err.Error()) > 300 {
			t.Errorf("%.40q: %v does not say %q", name, err, says)
		}
	}
}
