package server

import (
	"reflect"
	"testing"
)

func TestColumnNames(t *testing.T) {
	numbered := []string{"score_0", "score_1", "score_2"}
	tests := []struct{ classes, want []string }{
		{[]string{"cake", "chocolate", "water"}, []string{"cake", "chocolate", "water"}},
		{[]string{"crane", "cake", "crane"}, numbered}, // ImageNet has two
		{[]string{"crane", "cake", "Crane"}, numbered},
		{[]string{"path", "cake", "water"}, numbered},
		{[]string{"", "cake", "water"}, numbered},
	}
	for _, test := range tests {
		if got := columnNames(test.classes); !reflect.DeepEqual(got, test.want) {
			t.Errorf("columnNames(%q) = %q, want %q", test.classes, got, test.want)
		}
	}
}
