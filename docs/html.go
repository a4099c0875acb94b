package docs

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// HTML gives a document's text as the inside of a page: headings have ids to link to,
// links to other documents lead to TOPIC beside it (so they work under any prefix),
// and what a page cannot reach, such as source files, is no link. HTML in the text is
// left out. An error is fs.ErrNotExist where there is no such document.
func HTML(topic string) (string, error) {
	source, err := Read(topic)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = markdown.Convert([]byte(source), &out)
	return scrolling.Replace(out.String()), err
}

// scrolling lets a table that is wider than the page scroll inside itself.
var scrolling = strings.NewReplacer("<table>", `<div class="scroll-x"><table>`, "</table>", "</table></div>")

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(
		parser.WithAutoHeadingID(),
		parser.WithASTTransformers(util.Prioritized(links{}, 100)),
	),
)

// links leads to pages what leads to files.
type links struct{}

func (links) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var found []*ast.Link
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering {
			found = append(found, link)
		}
		return ast.WalkContinue, nil
	})
	for _, link := range found {
		if to, ok := pageOf(string(link.Destination)); ok {
			link.Destination = []byte(to)
		} else {
			unlink(link)
		}
	}
}

// pageOf is where a link of a document leads on the pages.
func pageOf(to string) (string, bool) {
	if strings.HasPrefix(to, "#") || strings.HasPrefix(to, "https://") {
		return to, true
	}
	name, heading, _ := strings.Cut(to, "#")
	topic, ok := strings.CutSuffix(name, ".md")
	if _, err := Read(topic); !ok || err != nil {
		return "", false
	}
	if heading != "" {
		topic += "#" + heading
	}
	return topic, true
}

// unlink leaves a link's text in its place.
func unlink(link *ast.Link) {
	parent := link.Parent()
	for child := link.FirstChild(); child != nil; {
		next := child.NextSibling()
		parent.InsertBefore(parent, link, child)
		child = next
	}
	parent.RemoveChild(parent, link)
}
