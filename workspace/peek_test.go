package workspace

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// peekEnv names the folder that a process of the test only looks into.
const peekEnv = "SIGHTLINE_TEST_PEEK"

// Whoever only looks into a closed workspace does not keep another from opening it: Open
// waits.
func TestOpenWaitsForAPeek(t *testing.T) {
	if dir := os.Getenv(peekEnv); dir != "" {
		peekAWhile(t, dir)
		return
	}
	dir := filepath.Join(t.TempDir(), "ws")
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	looker := exec.Command(os.Args[0], "-test.run=^TestOpenWaitsForAPeek$")
	looker.Env = append(os.Environ(), peekEnv+"="+dir)
	says, err := looker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := looker.Start(); err != nil {
		t.Fatal(err)
	}
	defer looker.Wait()
	line, err := bufio.NewReader(says).ReadString('\n')
	if err != nil || line != "looking\n" {
		t.Fatalf("%q, %v", line, err)
	}
	defer io.Copy(io.Discard, says)
	w, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func peekAWhile(t *testing.T, dir string) {
	err := Peek(dir, func(Reader) error {
		fmt.Println("looking")
		time.Sleep(150 * time.Millisecond)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
