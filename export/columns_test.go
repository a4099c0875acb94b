package export

import (
	"reflect"
	"testing"
)

func TestScoreColumns(t *testing.T) {
	numbered := []string{"score_0", "score_1", "score_2"}
	tests := []struct{ classes, want []string }{
		{[]string{"cake", "chocolate", "water"}, []string{"cake", "chocolate", "water"}},
		{[]string{"crane", "cake", "crane"}, numbered}, // ImageNet has two
		{[]string{"crane", "cake", "Crane"}, numbered},
		{[]string{"path", "cake", "water"}, numbered},
		{[]string{"", "cake", "water"}, numbered},
	}
	for _, test := range tests {
		if got := ScoreColumns(test.classes); !reflect.DeepEqual(got, test.want) {
			t.Errorf("ScoreColumns(%q) = %q, want %q", test.classes, got, test.want)
		}
	}
}
