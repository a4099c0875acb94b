package main

import (
	"strings"
	"testing"
)

// A listing of several pages arrives whole and is stored.
func TestListing(t *testing.T) {
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "") // set by what is tested, and restored
	}
	var out strings.Builder
	if err := listing(&out, t.TempDir(), 3500); err != nil || !strings.Contains(out.String(), "3500 objects") {
		t.Errorf("%s, %v", out.String(), err)
	}
}
