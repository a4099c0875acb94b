package demo

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/images.sha256 anew: the committed models must then be trained again")

// TestImagesAreTheSame compares the hashes of a few images of every class with those that belong to the committed
// models. They change when drawing changes, or Go's JPEG encoder.
func TestImagesAreTheSame(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors round fused products differently: images differ by a grey level here and there")
	}
	var lines []string
	for _, d := range datasets {
		for _, class := range d.classes {
			for _, split := range []string{"train", "test"} {
				p, err := d.render(split, class, 3)
				if err != nil {
					t.Fatal(err)
				}
				lines = append(lines, fmt.Sprintf("%x  %s/%s %v", sha256.Sum256(p.jpeg), d.name, p.path, p.regions))
			}
		}
	}
	got, golden := strings.Join(lines, "\n")+"\n", filepath.Join("testdata", "images.sha256")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	wanted := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(wanted) || line != wanted[i] {
			t.Fatalf("image changed (if that is meant: -update, and train the models again):\n got %s\nwant %s", line, wanted[min(i, len(wanted)-1)])
		}
	}
}

// TestNeighboursDoNotMatter draws an image after others and alone.
func TestNeighboursDoNotMatter(t *testing.T) {
	d := datasets[0]
	first, err := d.render("val", "pilot", 7)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.render("val", "chef", 0); err != nil {
		t.Fatal(err)
	}
	again, err := d.render("val", "pilot", 7)
	if err != nil || string(first.jpeg) != string(again.jpeg) {
		t.Fatalf("drawn twice, an image differs (%v)", err)
	}
	other, err := d.render("val", "pilot", 8)
	if err != nil || string(first.jpeg) == string(other.jpeg) {
		t.Fatalf("two numbers give the same image (%v)", err)
	}
}
