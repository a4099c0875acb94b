package layout

import (
	"os/exec"
	"strings"
	"testing"
)

// The server half of the product, and of every kind of work, depends on no worker half:
// the server can neither decode an image nor run a model by what workers do it with.
func TestTheServerHasNoWorkerHalf(t *testing.T) {
	list, err := exec.Command("go", "list", "-f", "{{.ImportPath}}", module+"/tasks/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	halves := []string{module + "/server", module + "/task"}
	for _, name := range strings.Fields(string(list)) {
		if name != module+"/tasks" && !workerHalf(name) {
			halves = append(halves, name)
		}
	}
	if len(halves) < 5 {
		t.Fatalf("found only %v", halves)
	}
	out, err := exec.Command("go", append([]string{"list", "-deps"}, halves...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(out)) {
		if workerHalf(name) || name == module+"/tasks" {
			t.Errorf("a server half depends on %s", name)
		}
	}
}

func workerHalf(name string) bool {
	return name == module+"/worker" || strings.HasPrefix(name, module+"/tasks/") && strings.HasSuffix(name, "/work")
}
