// Command task times a user's whole task beside Python's, in one run on one machine:
//
//	go run ./bench/task [-models mobilenet_v2,resnet50] [-photos FOLDER] [-n 250] [-rounds 3]
//
// The task: photographs and a model become predictions with their figures, and a Grad-CAM and an
// overlay of every photograph in files. Ours is what a user types, each command with its
// start-up, in a fresh workspace; Python's is one script (peer.py beside this file). T₁ is ONNX
// Runtime alone over preloaded tensors, at its best batch and threads. Each is measured once per
// round, in turn; medians are printed. Memory is the peak of the proportional set sizes of all
// processes together, seen in a round of its own.
//
// Then it times `explain` of maps that are stored: a further map, and one alone.
//
// Needs bin/sightline (make build); the Python side needs Debian's python3-torch and
// python3-torchvision, and is left out where they are not. -smoke runs everything once on
// little.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

type settings struct {
	models           []string
	photos, binary   string
	work             string
	n, rounds        int
	stored, few, big int // maps of the second part, and 12-megapixel photographs
	smoke            bool
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("task: ")
	var s settings
	models := flag.String("models", "mobilenet_v2,resnet50", "torchvision architectures, by commas; none for \"\"")
	flag.StringVar(&s.photos, "photos", "", "a folder with photographs, at any depth, in folders by class; generated ones if it is empty")
	flag.StringVar(&s.binary, "sightline", "bin/sightline", "the product")
	flag.StringVar(&s.work, "work", "", "folder for models, photographs and workspaces (default: a temporary one)")
	flag.IntVar(&s.n, "n", 250, "photographs of 224×224 pixels")
	flag.IntVar(&s.rounds, "rounds", 3, "rounds; medians are reported")
	flag.IntVar(&s.stored, "stored", 2500, "stored maps; 0 leaves that part out")
	flag.IntVar(&s.big, "big", 24, "photographs of 12 megapixels, with a model of batch 1; 0 leaves that part out")
	flag.BoolVar(&s.smoke, "smoke", false, "everything once, on a few photographs")
	flag.Parse()
	s.models = strings.FieldsFunc(*models, func(r rune) bool { return r == ',' })
	s.few = s.stored / 10
	if s.smoke {
		s.models, s.n, s.rounds, s.stored, s.few, s.big = []string{"mobilenet_v2"}, 4, 0, 12, 4, 0
	}
	if err := run(s); err != nil {
		log.Fatal(err)
	}
}

func run(s settings) error {
	if _, err := os.Stat(s.binary); err != nil {
		return fmt.Errorf("%w: run make build first", err)
	}
	if s.work == "" {
		var err error
		if s.work, err = os.MkdirTemp("", "task-*"); err != nil {
			return err
		}
		defer os.RemoveAll(s.work)
	}
	python := exec.Command("/usr/bin/python3", "-c", "import torch, torchvision").Run() == nil
	if !python {
		fmt.Println("no python3-torch: the whole task, which needs its models, is left out")
		s.models, s.big = nil, 0
	} else if err := export(s.work, s.needed()); err != nil {
		return err
	}
	for _, model := range s.models {
		if err := compare(s, model); err != nil {
			return fmt.Errorf("%s: %w", model, err)
		}
	}
	if s.big > 0 {
		if err := compareBig(s); err != nil {
			return fmt.Errorf("photographs of 12 megapixels: %w", err)
		}
	}
	if s.stored > 0 {
		return timeStored(s)
	}
	return nil
}

// needed are the models to be exported.
func (s settings) needed() []string {
	if s.big > 0 && !slices.Contains(s.models, "mobilenet_v2") {
		return append(slices.Clone(s.models), "mobilenet_v2")
	}
	return s.models
}

// export writes the models that are not there yet with seeded weights, as ONNX and as PyTorch's own
// files; that of batch 1 comes with mobilenet_v2.
func export(work string, models []string) error {
	args := []string{"bench/export_models.py", work}
	for _, name := range models {
		if _, err := os.Stat(filepath.Join(work, name+".pt")); err != nil {
			args = append(args, name)
		}
	}
	if len(args) == 2 {
		return nil
	}
	if said, err := exec.Command("/usr/bin/python3", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("export the models: %w: %s", err, said)
	}
	return nil
}
