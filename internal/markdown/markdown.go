// Package markdown writes texts that others chose, such as names of classes and paths, so that
// Markdown shows them as they stand.
package markdown

import (
	"fmt"
	"strings"
	"unicode"
)

var escapes = strings.NewReplacer("&", "&amp;", "|", "\\|", "<", "&lt;", ">", "&gt;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "~", "\\~",
	"@", "&#64;", "://", "&#58;//", "www.", "www&#46;", "#", "\\#", "!", "\\!", "\\", "\\\\", "$", "\\$")

// Text is a text as it stands, also in the cell of a table: nothing in it is formatting, a link, an
// image or a mention. What would break the line or turn the direction of the text around it
// is shown by its number.
func Text(s string) string {
	var b strings.Builder
	for _, r := range escapes.Replace(s) {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
