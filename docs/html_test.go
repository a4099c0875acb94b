package docs

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

var (
	href    = regexp.MustCompile(`href="([^"]*)"`)
	heading = regexp.MustCompile(`<h[1-6] id="([^"]*)"`)
)

// TestPagesLeadToPages follows every link of every document: to a document, and to a heading in it.
func TestPagesLeadToPages(t *testing.T) {
	ids := map[string]bool{}
	pages := map[string]string{}
	for _, topic := range Topics() {
		page, err := HTML(topic)
		if err != nil {
			t.Fatal(err)
		}
		pages[topic] = page
		ids[topic] = true
		for _, m := range heading.FindAllStringSubmatch(page, -1) {
			ids[topic+"#"+m[1]] = true
		}
		if strings.Count(page, "<h1") != 1 {
			t.Errorf("%s has %d headings of the first level, not one", topic, strings.Count(page, "<h1"))
		}
	}
	links := 0
	for topic, page := range pages {
		for _, m := range href.FindAllStringSubmatch(page, -1) {
			to := m[1]
			if strings.HasPrefix(to, "https://") {
				continue
			}
			if strings.HasPrefix(to, "#") {
				to = topic + to
			}
			links++
			if !ids[to] {
				t.Errorf("%s leads to %s, which is not there", topic, m[1])
			}
		}
	}
	if links < 30 {
		t.Errorf("only %d links between the documents", links)
	}
}

func TestPagesHaveTablesAndNoMarkup(t *testing.T) {
	page, err := HTML("architecture")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<div class="scroll-x"><table>`, "</table></div>", "<code>serve</code>", `href="jobs"`, `<a href="#imports">`} {
		if !strings.Contains(page, want) {
			t.Errorf("architecture has no %s", want)
		}
	}
	if strings.Contains(page, "../ui/README.md\"") || !strings.Contains(page, "its README") {
		t.Error("a link to a source file is still one, or its text is gone")
	}
	if _, err := HTML("../README"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a document that is not there: %v", err)
	}
}
