package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// word is one that is not written here, neither in comments nor in texts nor as part of a
// name; say is the one that is.
type word struct {
	part string         // of the word: most files are without, and need no search
	not  *regexp.Regexp // in lower case
	say  string
	but  []string // files, or folders that end with a slash, where it means something else
}

// things that come one per another.
const things = `(row|file|batch|chunk|pack|line|step|job|map|sample|image|class|method|core)`

var words = []word{
	{part: "picture", not: regexp.MustCompile(`picture`), say: "image (the file) or sample (the row)"},
	{part: "data set", not: regexp.MustCompile(`\bdata sets?\b`), say: "dataset"},
	{part: "wish", not: regexp.MustCompile(`[^s]wish|^wish`), say: "request"},
	{part: "judg", not: regexp.MustCompile(`(^|[^n])judg(e|ing)`), say: "assess", but: []string{"tasks/explain/params.go"}},
	{part: "evidence", not: regexp.MustCompile(`evidences\b|\bevidence (:?=|\*|\[)|\bevidence\.[a-z]`), say: "cached scores"},
	{part: "shel", not: regexp.MustCompile(`\bshel(f|ves)\b`), say: "program cache", but: []string{"demo/", "docs/slices.md", "slice/", "ui/src/state/view/title.test.ts"}},
	{part: "hand", not: regexp.MustCompile(`\bhand(s|ed|ing)? in\b`), say: "deliver"},
	{part: "worth", not: regexp.MustCompile(`\b(is|are) worth\b`), say: "trust"},
	{part: "how far", not: regexp.MustCompile(`\bhow far (it is|they are)\b`), say: "progress"},
	{part: " a", not: regexp.MustCompile(`\b(a|one|two) ` + things + `s? an? ` + things + `\b`), say: "one … per …"},
	{part: "some ", not: regexp.MustCompile(`\bsome (ten|twenty|thirty|fifty|hundred|thousand)\b`), say: "about thirty, a few hundred"},
	{part: "places of", not: regexp.MustCompile(`\bplaces of the (image|file|map)\b`), say: "spatial positions, offsets or cells"},
	{part: "can not", not: regexp.MustCompile(`\bcan not\b`), say: "cannot"},
	{part: "into", not: regexp.MustCompile(`\bbelongs? into\b`), say: "is part of"},
}

// Texts, comments and names use one word for one thing.
func TestWords(t *testing.T) {
	files := 0
	eachText(t, func(name, content string) {
		files++
		if name == "internal/layout/words_test.go" {
			return
		}
		for _, fault := range unwanted(name, content) {
			t.Error(fault)
		}
	})
	if files < 500 {
		t.Errorf("read only %d files", files)
	}
}

// unwanted lists the lines that have a word that is not written here.
func unwanted(name, content string) (faults []string) {
	lower := strings.ToLower(name + "\n" + content)
	for _, w := range words {
		if !strings.Contains(lower, w.part) {
			continue
		}
		if slices.ContainsFunc(w.but, func(but string) bool {
			return name == but || strings.HasSuffix(but, "/") && strings.HasPrefix(name, but)
		}) {
			continue
		}
		for line := range strings.Lines(lower) {
			if strings.Contains(line, w.part) && w.not.MatchString(line) {
				faults = append(faults, name+": say "+w.say+": "+strings.TrimSpace(line))
			}
		}
	}
	return faults
}

// Each word is found, and what only looks like it is not.
func TestUnwantedWordsAreFound(t *testing.T) {
	for _, line := range []string{
		"a Picture of it", "func drawPictures() {", "a data set", "the wishes", "lackWish", "is judged", "evidences", "evidence := cache{}", "on the shelf", "handed in", "what a map is worth",
		"how far it is", "writes a row a sample", "two rows a step", "some hundred runs", "places of the image", "can not", "belongs into",
	} {
		if len(unwanted("x.go", line)) != 1 {
			t.Errorf("%q is not found, or not once: %q", line, unwanted("x.go", line))
		}
	}
	for _, line := range []string{"HardSwish", "as a statement with its evidence", "on each image a map", "by hand", "an unjudged rule", "worth knowing", "cannot", "one row per sample"} {
		if faults := unwanted("x.go", line); faults != nil {
			t.Error(faults)
		}
	}
	if len(unwanted("server/pictures.go", "")) != 1 || unwanted("demo/goods.go", "a shelf") != nil {
		t.Error("names of files, or exceptions, do not count")
	}
}

// Lines of documents fit 160 columns; a table, which cannot be broken, may be wider.
func TestDocumentsAreNarrow(t *testing.T) {
	const widest = 160
	eachText(t, func(name, content string) {
		if filepath.Ext(name) != ".md" {
			return
		}
		number := 0
		for line := range strings.Lines(content) {
			number++
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > widest && !strings.HasPrefix(line, "|") {
				t.Errorf("%s:%d is %d columns wide, not %d at most", name, number, n, widest)
			}
		}
	})
}

// eachText gives every text of ours, by its path from the root.
func eachText(t *testing.T, see func(name, content string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	kinds := []string{".go", ".md", ".ts", ".svelte", ".sh", ".py", ".c", ".h", ".sql", ".mjs", ".css", ".html", ".txtar"}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if strings.HasPrefix(name, ".") && path != root || slices.Contains([]string{"node_modules", "dist", "bin", "include", "shared"}, name) {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() || name != "Makefile" && !slices.Contains(kinds, filepath.Ext(name)) {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(root, path)
		see(filepath.ToSlash(inside), string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
