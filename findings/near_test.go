package findings

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// planted makes a table in which pairs of images show the same: of a measured one and one of train, of two measured ones.
func planted(across, within, disputed int) *Answers {
	t := drawn(rand.New(rand.NewPCG(8, 8)), 300, 4)
	for i := range across { // even rows are of train, odd ones measured
		t.Near = append(t.Near, Near{int32(2 * i), int32(2*i + 1)})
	}
	for i := range within {
		t.Near = append(t.Near, Near{int32(100 + 4*i + 1), int32(100 + 4*i + 3)})
	}
	for i, p := range t.Near {
		if t.List[p.B].Truth = t.List[p.A].Truth; i < disputed {
			t.List[p.B].Truth = (t.List[p.A].Truth + 1) % 4
		}
	}
	return t
}

func TestNearLeaksAndDuplicates(t *testing.T) {
	s := only(t, planted(6, 0, 1), Leak)
	if s.Key != NearLeak || s.Effect != 6.0/300 || !strings.HasPrefix(s.Text, "Six of 300 measured images show the same as one of the training split, in a file of other bytes.") ||
		!strings.Contains(s.Text, "One of them has another label") || !strings.HasPrefix(s.Next, "Decide on the label") {
		t.Errorf("%+v", s)
	}
	if len(s.Captions) != shownSamples || !strings.HasSuffix(s.Captions[0], ", test") || !strings.HasSuffix(s.Captions[1], ", train") || s.Captions[0][:1] == s.Captions[1][:1] {
		t.Errorf("captions %q", s.Captions)
	}
	if len(s.Every) != 12 || len(s.Labels) != 12 || s.Every[0] != s.Samples[0] {
		t.Errorf("all pairs: %v, %q", s.Every, s.Labels)
	}
	if len(s.Samples) != shownSamples || s.Samples[0] != 0 && s.Samples[1] != 0 { // the pair with two labels first
		t.Errorf("samples %v", s.Samples)
	}
	s = only(t, planted(0, 3, 0), Duplicate)
	if s.Key != "duplicate/near" || s.N != 600 || !strings.HasPrefix(s.Text, "Six of 600 images show the same") || strings.Contains(s.Text, "label") || len(s.Samples) != 6 {
		t.Errorf("%+v", s)
	}
	lone := planted(1, 0, 0)
	if s := only(t, lone, Leak); !strings.HasPrefix(s.Text, "One of 300 measured images shows the same") || len(s.Samples) != 2 {
		t.Errorf("%+v", s)
	}
	lone.Splits = []string{"a", "b"} // no split is called train
	if s := only(t, lone, Leak); !strings.Contains(s.Text, "as one of another split") {
		t.Errorf("%+v", s)
	}
}

// What was not compared is said, not called clean.
func TestNearIsSilentOnlyWhereAllWereCompared(t *testing.T) {
	said := func(a *Answers) (text string) {
		_, quiet := Figures(a)
		for _, q := range quiet {
			if q.Kind == Leak {
				text = q.Text
			}
		}
		return text
	}
	table := planted(0, 0, 0)
	if text := said(table); !strings.Contains(text, "No measured image shows the same") || table.Uncompared() != "" {
		t.Error(text)
	}
	table.List[5].Plain = true
	if text := said(table); !strings.HasSuffix(text, "file of other bytes. One of 600 images is too plain to compare.") || table.Uncompared() != "" {
		t.Error(text)
	}
	found := planted(6, 0, 0)
	found.List[500].Plain, found.List[501].Plain = true, true
	if s := only(t, found, Leak); !strings.HasSuffix(s.Text, " Two of 600 images are too plain to compare.") {
		t.Error(s.Text)
	}
	blank := planted(0, 0, 0)
	for i := range blank.List {
		blank.List[i].Plain = true
	}
	if text := said(blank); !strings.Contains(text, "all images are too plain to compare") || blank.Uncompared() == "" {
		t.Error(text)
	}
	table.List[3].Printed = false
	if text := said(table); !strings.Contains(text, "1 of 600 images were imported before") {
		t.Error(text)
	}
	table.Many = true
	if text := said(table); !strings.Contains(text, "too many images") {
		t.Error(text)
	}
	table.Many, table.Crowded = false, true
	if text := said(table); !strings.Contains(text, "so many images look alike") {
		t.Error(text)
	}
}
