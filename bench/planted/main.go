// Command planted measures how often `sightline findings` sees a shortcut that is there, and
// how often it accuses a model that has none:
//
//	go run ./bench/planted [-plants corner,…] [-seeds 3] [-clean 60] [-groceries 20]
//
// The models are linear heads on the frozen features of real classifiers, fitted to real photos of
// the test material into some of which a shortcut was planted: in 50, 80, 95 and 100 % of one
// class. Clean ones are fitted to bootstraps of the photos as they are. What is tried with them is
// planned, made and read by the product's own code. Only the pass through the features is
// shared: every changed photo goes through them once, for all heads, and what came of it is kept
// in the user's cache, so that a second run takes minutes.
//
// -export FOLDER writes the planted models and their photos as files, to look at them with
// `sightline` itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/sightline/sightline/internal/testdata"
)

type settings struct {
	plants           string
	seeds            int
	clean, groceries int
	first            int
	shares           string
	smoke, verbose   bool
	export           string
	budget           int
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("planted: ")
	var s settings
	flag.StringVar(&s.plants, "plants", strings.Join(plantNames(), ","), "what is planted, by commas")
	flag.IntVar(&s.seeds, "seeds", 3, "classes, and places, that each is planted in")
	flag.IntVar(&s.clean, "clean", 60, "clean heads of professions")
	flag.IntVar(&s.groceries, "groceries", 20, "clean heads of groceries")
	flag.IntVar(&s.first, "first", 0, "number of the first clean head: others than a rule was made with")
	flag.StringVar(&s.shares, "shares", "", "shares of a class that something is planted in, by commas (default: 0.5,0.8,0.95,1)")
	flag.BoolVar(&s.smoke, "smoke", false, "a few heads with a small budget, to see that it still runs")
	flag.BoolVar(&s.verbose, "v", false, "print what was found of every model")
	flag.StringVar(&s.export, "export", "", "write the planted models and photos into a `FOLDER`")
	flag.IntVar(&s.budget, "budget", 0, "forward passes for a model (default: the product's)")
	flag.Parse()
	if s.smoke {
		s.plants, s.seeds, s.clean, s.groceries, s.budget = "corner", 1, 1, 0, 1000
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	material, ok := testdata.Find()
	if !ok {
		fmt.Println("planted: needs the test material (SIGHTLINE_TESTDATA); nothing was measured")
		return
	}
	if err := run(ctx, s, material); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, s settings, material string) (err error) {
	started := time.Now()
	professions, err := open(ctx, professionsOf(material))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, professions.close()) }()
	r := &report{verbose: s.verbose}
	if err := r.planted(ctx, professions, s); err != nil {
		return err
	}
	if err := r.clean(ctx, professions, s.first, s.clean, s.budget); err != nil {
		return err
	}
	if s.groceries > 0 {
		groceries, err := open(ctx, groceriesOf(material))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, groceries.close()) }()
		if err := r.clean(ctx, groceries, s.first, s.groceries, s.budget); err != nil {
			return err
		}
	}
	r.print(os.Stdout)
	fmt.Printf("\n%d changed photos went through the features now, %d were kept from before; %s in all\n",
		professions.cache.made, professions.cache.kept, time.Since(started).Round(time.Second))
	return nil
}

// cacheFolder is where features are kept.
func cacheFolder() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, "sightline", "planted")
	return dir, os.MkdirAll(dir, 0o755)
}
