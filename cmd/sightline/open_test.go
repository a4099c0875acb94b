package main

import (
	"slices"
	"testing"
)

func TestAnEvaluationRepeatsNoWarningOfItsModel(t *testing.T) {
	model := []string{"the preprocessing is a guess"}
	figures := []string{"the preprocessing is a guess", "accuracy is close to guessing"}
	if left := without(figures, model); !slices.Equal(left, figures[1:]) {
		t.Errorf("printed again: %v", left)
	}
	if len(figures) != 2 || figures[0] != model[0] {
		t.Errorf("the document of --json lost a warning: %v", figures)
	}
}
