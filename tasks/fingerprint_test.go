package tasks

import (
	"context"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/workspace"
)

// A dataset that was imported before there were fingerprints gets them without looking for its files again.
func TestFingerprintsOfWhatWasImportedBefore(t *testing.T) {
	r, dir, ctx := newRig(t, t.TempDir()), t.TempDir(), context.Background()
	defer r.close()
	photos(t, dir, 6, 40, 30)
	job, err := r.importing.Start(ctx, "photos", dataset.Source{Root: dir})
	r.run(t, job, err)
	count := func(table string) (n int) {
		if err := r.store.Workspace.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	err = r.store.Workspace.Update(ctx, func(tx *workspace.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM fingerprints`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	photos(t, dir, 7, 40, 30) // a seventh that no import has seen
	for want := range 2 {     // the second time nothing is left to do
		job, err = r.importing.Fingerprint(ctx, "photos")
		if job = r.run(t, job, err); job.Failed > 0 || job.Items != 6*(1-want) || count("fingerprints") != 6 || count("samples") != 6 || count("thumbnails") != 6 {
			t.Errorf("%+v: %d fingerprints, %d samples, %d thumbnails", job, count("fingerprints"), count("samples"), count("thumbnails"))
		}
	}
	if _, err := r.importing.Fingerprint(ctx, "photo"); err == nil {
		t.Error("of a dataset that is not there")
	}
}
