package tasks

import (
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/planted"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/concepts"
)

// Concepts are found class by class; what is found is not found again, another number is, and a part
// that returns keeps its name. A class without enough right answers says so.
func TestConceptsOfAllClasses(t *testing.T) {
	r := plantedRig(t, planted.Options{Seed: 5, PerClass: 12, Tagged: 0.95, Object: 0.1, WithTags: true})
	ctx := t.Context()
	service := concepts.Service{Server: task.NewServer(r.store, r.jobs)}
	job, ok, err := service.Start(ctx, ofPhotos, []int{0, 1}, 2)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if job = r.run(t, job, nil); job.Items != 2 || job.Failed != 0 {
		t.Fatalf("%+v", job)
	}
	if _, ok, err = service.Start(ctx, ofPhotos, []int{1}, 2); ok || err != nil {
		t.Errorf("found again: %v, %v", ok, err)
	}
	if lacking, err := service.Lacking(ctx, ofPhotos); err != nil || !slices.Equal(lacking, []int{2}) {
		t.Errorf("lacking %v, %v", lacking, err)
	}
	if err := r.store.Parts.Rename(ctx, ofPhotos, 0, 0, "tag"); err != nil {
		t.Fatal(err)
	}
	job, ok, err = service.Start(ctx, ofPhotos, nil, 3)
	if job = r.run(t, job, err); !ok || job.Items != 3 {
		t.Fatalf("%+v", job)
	}
	list, err := service.All(ctx, ofPhotos)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d classes, %v", len(list), err)
	}
	sum := 0.0
	for _, c := range list[0].Concepts {
		sum += max(0, c.Share)
		if c.Area <= 0 || c.Area >= 1 || c.Adds < c.Low || c.Adds > c.High {
			t.Errorf("%+v", c)
		}
	}
	if len(list[0].Concepts) != 3 || sum < 0.999 || sum > 1.001 || list[0].Samples < 8 || list[0].Missed > 0.2 {
		t.Errorf("%+v: shares add up to %v", list[0].Class, sum)
	}
	where, err := service.Where(ctx, ofPhotos, 0)
	if err != nil || len(where) != list[0].Samples {
		t.Fatalf("%d places of %d samples, %v", len(where), list[0].Samples, err)
	}
	mask := list[0].Mask(&where[0].Place, where[0].Places, 0)
	if left, top, right, bottom := mask.Bounds(); len(mask) == 0 || left < 0 || top < 0 || right > planted.Side || bottom > planted.Side {
		t.Errorf("the mask is %v", mask)
	}
	if _, _, err := service.Start(ctx, ofPhotos, []int{3}, 0); err == nil || !strings.Contains(err.Error(), "classes 0 to 2") {
		t.Errorf("a class that is not there: %v", err)
	}
}
