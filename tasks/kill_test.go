package tasks

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

// killPoints is how many times a worker or a server is killed in the midst of
// an evaluation: 20 in continuous integration, a few elsewhere.
func killPoints() int { // a function: what is read before the tests begin is not part of their cache
	return thorough.Pick(2, 20)
}

// TestKilledEvaluationsAreBitIdentical kills the worker or the server at seeded
// moments of evaluations, goes on each time, and compares every stored number
// with an evaluation that nothing disturbed: of evaluations alone, and with maps.
func TestKilledEvaluationsAreBitIdentical(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for half a minute")
	}
	root, prepared := t.TempDir(), t.TempDir()
	photos(t, root, 160, 640, 480)
	r := newRig(t, prepared)
	r.importFolder(t, root)
	r.addModel(t, testmodel.Options{Side: 64, Classes: 7})
	r.close()
	t.Run("alone", func(t *testing.T) { killAndCompare(t, prepared, killPoints()) })
	t.Run("with maps", func(t *testing.T) {
		t.Setenv(mapsEnv, "yes")
		killAndCompare(t, prepared, killPoints()/2)
	})
}

// killAndCompare kills so many times.
func killAndCompare(t *testing.T, prepared string, points int) {
	t.Helper()
	undisturbed := copyOf(t, prepared)
	s := startServer(t, undisturbed)
	s.expect(t, "running")
	began := time.Now()
	s.expect(t, "done 160 0")
	took := time.Since(began)
	s.cmd.Wait()
	want := stored(t, undisturbed)
	if strings.Contains(want, "maps") != (os.Getenv(mapsEnv) != "") {
		t.Fatalf("the undisturbed evaluation left %s", want)
	}

	rng := rand.New(rand.NewPCG(5, 2026))
	kills, wholes := 0, 0
	for round := 0; kills < points; round++ {
		if round > 4*points {
			t.Fatalf("only %d kills fell into %d evaluations that take %v", kills, round, took)
		}
		dir := copyOf(t, prepared)
		kills += evaluateWithKills(t, dir, rng, min(4, points-kills), took)
		wholes++
		if got := stored(t, dir); got != want {
			t.Fatalf("evaluation %d, disturbed, has other results", round)
		}
	}
	t.Logf("%d kills in %d evaluations of %v each; all bit-identical", kills, wholes, took)
}

// evaluateWithKills runs one evaluation to its end, killing at most so many
// times, and returns how often it did.
func evaluateWithKills(t *testing.T, dir string, rng *rand.Rand, most int, took time.Duration) (kills int) {
	t.Helper()
	s := startServer(t, dir)
	s.expect(t, "running")
	for kills < most {
		time.Sleep(time.Duration(rng.Float64() * 0.4 * float64(took)))
		if s.ended() {
			break
		}
		kills++
		if rng.IntN(2) == 0 {
			for _, pid := range s.workers() {
				syscall.Kill(pid, syscall.SIGKILL)
			}
			continue
		}
		s.kill(t)
		s = startServer(t, dir)
		s.expect(t, "running")
	}
	s.expect(t, "done 160 0", "done 0 0") // nothing was left where the last kill came just after the end
	s.cmd.Wait()
	return kills
}

// stored is a digest of every number that an evaluation left behind.
func stored(t *testing.T, dir string) string {
	t.Helper()
	return storedOf(t, dir, 160)
}

// storedOf is stored of so many samples.
func storedOf(t *testing.T, dir string, samples int) string {
	t.Helper()
	ctx := context.Background()
	store, err := stores.Open(ctx, dir, workspace.Options{MemoryLimit: "256MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	return numbers(t, store, "photos~tiny", samples) + mapsLeft(t, store)
}

// mapsLeft is a digest of the maps that the evaluation made, "" for none: each once and whole.
func mapsLeft(t *testing.T, store *stores.Stores) string {
	t.Helper()
	var maps, shares int
	for table, n := range map[string]*int{"maps": &maps, "shares": &shares} {
		if err := store.Workspace.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(n); err != nil {
			t.Fatal(err)
		}
	}
	if maps == 0 {
		return ""
	}
	digest := sha256.New()
	fmt.Fprintln(digest, maps, shares)
	_, page, err := store.Results.Samples(t.Context(), "photos~tiny", slice.Slice{}, results.ByPath, 0, 1000)
	if err != nil || maps != len(page) {
		t.Fatalf("%d maps of %d samples, %v", maps, len(page), err)
	}
	for _, it := range page {
		m, err := store.Maps.Map(t.Context(), "photos~tiny", it.ID, withMaps.Key())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(digest, it.ID, m.Data, timeless(t, m.Meta))
	}
	return fmt.Sprintf(", maps %x", digest.Sum(nil))
}

// numbers is a digest of every number that an evaluation of so many samples left behind.
func numbers(t *testing.T, store *stores.Stores, evaluation string, samples int) string {
	t.Helper()
	ctx := context.Background()
	total, page, err := store.Results.Samples(ctx, evaluation, slice.Slice{}, results.ByPath, 0, 1000)
	if err != nil || total != samples || len(page) != samples {
		t.Fatalf("%d predictions (%d listed), %v; want one for each of %d samples", total, len(page), err, samples)
	}
	digest := sha256.New()
	for _, it := range page {
		p, err := store.Results.Prediction(ctx, evaluation, it.ID)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(digest, it.ID, it.Label, it.Predicted, math.Float32bits(it.Confidence), math.Float32bits(*it.TruthScore))
		for _, s := range p.Scores {
			fmt.Fprintln(digest, s.Index, math.Float32bits(s.Score), math.Float32bits(s.Logit))
		}
		for _, v := range p.Embedding {
			fmt.Fprintln(digest, math.Float32bits(v))
		}
	}
	return fmt.Sprintf("%x", digest.Sum(nil))
}

// copyOf copies a closed workspace.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "workspace")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}
