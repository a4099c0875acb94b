package task

import "testing"

func TestParseMemory(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "2GiB": 2 << 30, "512 mb": 512e6, "1.5gb": 1.5e9, "100000000": 1e8, "128MiB": 128 << 20} {
		if got, err := ParseMemory(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"much", "-1GB", "1MB", "NaNGB", "2 GB of it", "1e30GB"} {
		if got, err := ParseMemory(text); err == nil {
			t.Errorf("%q passes for %d bytes", text, got)
		}
	}
}
