package layout

import (
	"os/exec"
	"path"
	"strings"
	"testing"
)

// flat is how many product files a folder may have that is not named below: more are
// the sign of a heap.
const flat = 25

// large folders are one idea still, for the reason given; a folder that grows beyond its
// number is looked at again.
var large = map[string]struct {
	most int
	why  string
}{
	"cmd/sightline": {59, "one file per verb, thirty of them, beside the table of verbs, help and session that all of them share"},
}

// No folder is a heap: about 25 files flat, or a reason.
func TestFolders(t *testing.T) {
	out, err := exec.Command("git", "-C", "../..", "ls-files", "*.go").Output()
	if err != nil {
		t.Skipf("needs a git checkout: %v", err)
	}
	count := map[string]int{}
	for name := range strings.Lines(string(out)) {
		if name = strings.TrimSpace(name); !strings.HasSuffix(name, "_test.go") {
			count[path.Dir(name)]++
		}
	}
	if len(count) < 40 {
		t.Errorf("saw only %d folders", len(count))
	}
	for folder, n := range count {
		if most := max(flat, large[folder].most); n > most {
			t.Errorf("%s has %d product files, more than %d: split it by idea, or say in this test why it is one", folder, n, most)
		}
	}
	for folder, l := range large {
		if count[folder] <= flat {
			t.Errorf("%s has %d product files: it needs no reason to have up to %d any more", folder, count[folder], l.most)
		}
	}
}
