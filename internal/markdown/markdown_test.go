package markdown

import "testing"

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain name":                     "plain name",
		"<script>a|b</script>":           "&lt;script&gt;a\\|b&lt;/script&gt;",
		"=cmd|' /C calc'!A0":             "=cmd\\|' /C calc'\\!A0",
		"a\nb\r\tc":                      "a b  c",
		"@team of http://x and www.x":    "&#64;team of http&#58;//x and www&#46;x",
		"![a](b) *c* _d_ `e` ~f~ #1 $g$": "\\!\\[a\\](b) \\*c\\* \\_d\\_ \\`e\\` \\~f\\~ \\#1 \\$g\\$",
		"back\\slash &amp;":              "back\\\\slash &amp;amp;",
		"\u202egnp.exe\u2066":            "⟨U+202E⟩gnp.exe⟨U+2066⟩",
		"שלום":                           "שלום",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q is written %q, want %q", in, got, want)
		}
	}
}
