package results

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/sightline/sightline/workspace"
)

func TestFacts(t *testing.T) {
	f := planFixture(t, t.TempDir(), 10, 3)
	for name, content := range map[string]string{"layers": `[1]`, "randomisation b": `2`, "randomisation a": `1`} {
		for range 2 {
			if err := f.w.PutFact(ctx, f.e.ID, name, json.RawMessage(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := f.w.Facts(ctx, f.e.ID, "randomisation ")
	if err != nil || len(list) != 2 || list[0].Name != "randomisation a" || string(list[1].Content) != "2" {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = f.w.Facts(ctx, f.e.ID, "nothing"); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := f.w.PutFact(ctx, "nothing", "layers", nil); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("an evaluation that is not there: %v", err)
	}
}
