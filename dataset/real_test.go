package dataset

import (
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/internal/testdata"
)

// count sums up a scan of real data.
func count(r *Result) (labels map[string]int, splits map[string]int, problems int) {
	labels, splits = map[string]int{}, map[string]int{}
	for _, s := range r.Samples {
		labels[s.Label]++
		splits[s.Split]++
		if s.Problem != "" {
			problems++
		}
	}
	return labels, splits, problems
}

func TestRealFreiburgGroceriesWithVOC(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "images/freiburg-groceries")
	r := scan(t, Source{Root: dir, Regions: []string{filepath.Join(dir, "annotations")}})
	labels, _, problems := count(r)
	if len(r.Samples) != 251 || len(labels) != 25 || labels["cake"] != 25 || labels["tea"] != 8 || problems != 0 {
		t.Errorf("%d samples, labels %v, %d problems", len(r.Samples), labels, problems)
	}
	with := map[string]bool{}
	for _, region := range r.Regions {
		with[region.Path] = true
	}
	if len(with) != 251 || len(pathsOf(r, Missing)) != 0 {
		t.Errorf("%d samples with regions, missing %q", len(with), pathsOf(r, Missing))
	}
}

func TestRealGroceryStoreByTextFile(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "images/grocery-store")
	r := scan(t, Source{Root: dir, Labels: filepath.Join(dir, "test.subset.txt"), Split: "test"})
	labels, splits, problems := count(r)
	if len(r.Samples) != 484 || len(labels) != 81 || splits["test"] != 484 || problems != 0 || len(pathsOf(r, Missing)) != 0 {
		t.Errorf("%d samples, %d labels, splits %v, %d problems", len(r.Samples), len(labels), splits, problems)
	}
	whole := scan(t, Source{Root: dir, Labels: filepath.Join(dir, "test.txt")})
	if n := len(pathsOf(whole, Missing)); len(whole.Samples) != 484 || n < 1000 {
		t.Errorf("the whole list: %d samples, %d missing", len(whole.Samples), n)
	}
	folders, _, _ := count(scan(t, Source{Root: dir}))
	if len(folders) != 81 || folders["Golden-Delicious"] == 0 {
		t.Errorf("by folders: %d labels", len(folders))
	}
}

func TestRealTrafficSignsBySemicolons(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "images/gtsrb")
	r := scan(t, Source{Root: dir, Labels: filepath.Join(dir, "GT-subset.csv")})
	labels, _, problems := count(r)
	if len(r.Samples) != 430 || len(labels) != 43 || labels["11"] != 10 || problems != 0 {
		t.Errorf("%d samples, %d labels, %d problems", len(r.Samples), len(labels), problems)
	}
}

func TestRealImageNetTable(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "images/imagenet-samples")
	r := scan(t, Source{Root: dir, Labels: filepath.Join(dir, "labels.csv")})
	labels, _, problems := count(r)
	rotated := 0
	for _, s := range r.Samples {
		if s.Orientation > 1 {
			rotated++
		}
	}
	if len(r.Samples) != 100 || labels["dalmatian, coach dog, carriage dog"]+labels["dalmatian"] != 1 || problems != 0 || rotated != 1 {
		t.Errorf("%d samples, %d problems, %d rotated, labels %v", len(r.Samples), problems, rotated, labels)
	}
}

func TestRealStraysAndSplits(t *testing.T) {
	images := filepath.Join(testdata.Dir(t), "images")
	for _, c := range []struct {
		name            string
		samples, labels int
		split, stray    string
	}{
		{"idenprof", 750, 10, "test", ".db"},
		{"flowers", 80, 5, "test", ".amlignore"},
		{"steel-neu-det", 240, 6, "", ""},
		{"cifar10", 400, 10, "test", ""},
	} {
		r := scan(t, Source{Root: filepath.Join(images, c.name)})
		labels, splits, problems := count(r)
		if len(r.Samples) != c.samples || len(labels) != c.labels || splits[c.split] != c.samples || problems != 0 {
			t.Errorf("%s: %d samples, labels %v, splits %v, %d problems", c.name, len(r.Samples), labels, splits, problems)
		}
		inFolder := 0
		for _, p := range pathsOf(r, Stray) {
			if c.stray != "" && filepath.Ext(p) == c.stray {
				inFolder++
			}
		}
		if c.stray != "" && inFolder != 1 {
			t.Errorf("%s: strays %q", c.name, pathsOf(r, Stray))
		}
	}
}
