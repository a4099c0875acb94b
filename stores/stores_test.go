package stores_test

import (
	"context"
	"testing"

	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

var ctx = context.Background()

func open(t *testing.T, dir string) *stores.Stores {
	t.Helper()
	s, err := stores.Open(ctx, dir, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// The first workspaces had one version for all tables, and fewer of them.
func TestOlderWorkspaceIsBroughtUpToDate(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := synthetic.Fill(ctx, s, synthetic.Size{Samples: 10, Classes: 3}, nil); err != nil {
		t.Fatal(err)
	}
	err := s.Workspace.Update(ctx, func(tx *workspace.Tx) error { // as version 1 had it
		_, err := tx.Exec(ctx, `ALTER TABLE samples DROP COLUMN since; ALTER TABLE blocks DROP COLUMN created; DROP TABLE trusts; DROP TABLE facts; DROP TABLE path_orders; DROP TABLE IF EXISTS shares; DROP TABLE auto_choices; DROP TABLE dismissals; DROP TABLE objects; DROP TABLE fingerprints; DROP TABLE spaces; DROP TABLE concept_classes; DROP TABLE concepts; DROP TABLE concept_places; DROP TABLE trials; DROP TABLE trial_plans; DROP TABLE declarations;
			DROP TABLE marks; DROP TABLE tags; DROP TABLE mark_actions; DROP TABLE mark_changes; DROP TABLE saved_slices; DROP TABLE sample_sets; DROP TABLE set_samples; DROP SEQUENCE mark_action_ids; DROP TABLE dataset_columns; ALTER TABLE datasets DROP COLUMN regions_revision;
			DROP TABLE schemas; UPDATE meta SET value = '1' WHERE key = 'schema_version'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s = open(t, dir)
		var version, unset int
		err = s.Workspace.QueryRow(ctx, `SELECT (SELECT value::INTEGER FROM meta WHERE key = 'schema_version'),
			(SELECT count(*) FROM samples WHERE since IS NULL) + (SELECT count(*) FROM blocks WHERE created IS NULL)
			+ (SELECT count(*) FROM trusts) + (SELECT count(*) FROM facts)`).Scan(&version, &unset)
		if err != nil || version != 4 || unset != 0 {
			t.Errorf("version %d, %d unset, %v", version, unset, err)
		}
		if m, err := s.Results.Matrix(ctx, "synthetic~random", slice.Slice{}); err != nil || m.Total() != 10 {
			t.Errorf("%+v, %v", m, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
