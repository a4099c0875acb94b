package explain

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRequests(t *testing.T) {
	list, err := Requests([]string{"rise", "occlusion"}, nil, 5, map[string]string{"fill": "blur", "rise.cells": "6"})
	if err != nil || len(list) != 2 || list[0].Options["cells"] != "6" || list[0].Options["fill"] != "blur" || list[1].Options["fill"] != "blur" || len(list[1].Options) != 1 || list[1].Seed != 5 {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = Requests([]string{"rise", "rise"}, []string{"", "predicted"}, 0, nil); err != nil || len(list) != 1 {
		t.Errorf("the same request four times: %+v, %v", list, err)
	}
	for option, want := range map[string]string{"cells": "", "scaling": "", "taste": "none of the methods", "gradcam.layer": "none of the methods", "rise.taste": "no such option"} {
		_, err := Requests([]string{"rise", "occlusion"}, nil, 0, map[string]string{option: "7"})
		if want == "" {
			if option == "cells" && err != nil {
				t.Errorf("%s: %v", option, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", option, err)
		}
	}
	if _, err := Requests([]string{"rise"}, nil, 0, map[string]string{"grid": "7"}); err == nil || !strings.Contains(err.Error(), "choose from") {
		t.Errorf("an option of another method: %v", err)
	}
}

// A job that an older version left unfinished names its map otherwise.
func TestOldExplainParameters(t *testing.T) {
	p, err := parseExplain(json.RawMessage(`{"filter":{"Evaluation":"a~b"},"limit":3,"method":"rise","target":"true","seed":4,"options":{"cells":"6"}}`))
	if err != nil || len(p.Maps) != 1 || p.Maps[0].Key() != "rise~true~4~cells=6" || p.Limit != 3 {
		t.Errorf("%+v, %v", p, err)
	}
}
