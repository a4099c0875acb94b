package attribution

import (
	"maps"
	"slices"
	"testing"
)

func TestParseOptions(t *testing.T) {
	given := map[string]string{"fill": "blur", "rise.fill": "black", "seed": "3", "layer": "2", "lime.grid": "5", "rise.cells": "6"}
	names := []string{"cells", "fill"}
	for _, c := range []struct {
		alone bool
		own   map[string]string
		used  []string
	}{
		{false, map[string]string{"fill": "black", "seed": "3", "cells": "6"}, []string{"fill", "rise.cells", "rise.fill", "seed"}},
		{true, map[string]string{"fill": "black", "seed": "3", "cells": "6", "layer": "2"}, []string{"fill", "layer", "rise.cells", "rise.fill", "seed"}},
	} {
		own, used := ParseOptions("rise", names, c.alone, given)
		if slices.Sort(used); !maps.Equal(own, c.own) || !slices.Equal(used, c.used) {
			t.Errorf("alone %v: %v of %v, want %v of %v", c.alone, own, used, c.own, c.used)
		}
	}
	if own, used := ParseOptions("occlusion", []string{"grid"}, false, given); !maps.Equal(own, map[string]string{"seed": "3"}) || len(used) != 1 {
		t.Errorf("a method without those options: %v of %v", own, used)
	}
}
