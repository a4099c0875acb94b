package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// IngestThumbnails stores a pack of thumbnails as part of tx. The key of each
// item is the content hash of the image (Sample.Hash), so that equal images
// share one.
func (db *Store) IngestThumbnails(ctx context.Context, tx *workspace.Tx, job string, seq int, pack string) error {
	name := workspace.PackName(thumbsFolder, job, seq)
	items, err := db.ws.StorePack(ctx, tx, thumbsKind, name, pack)
	if err != nil {
		return fmt.Errorf("storing thumbnails: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM thumbnails WHERE pack = ?`, name); err != nil {
		return fmt.Errorf("storing thumbnails: %w", err)
	}
	keys, _, offsets, lengths, _ := workspace.Columns(items)
	if len(keys) == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO thumbnails
		SELECT hash, ?, pos, length FROM (SELECT unnest(?::VARCHAR[]) AS hash, unnest(?::BIGINT[]) AS pos, unnest(?::BIGINT[]) AS length)
		WHERE hash NOT IN (SELECT hash FROM thumbnails)`, name, keys, offsets, lengths)
	if err != nil {
		return fmt.Errorf("storing thumbnails: %w", err)
	}
	return nil
}

// Thumbnail returns the thumbnail of an image by its content hash, a JPEG, or
// an error that is workspace.ErrNotFound.
func (db *Store) Thumbnail(ctx context.Context, hash string) ([]byte, error) {
	data, err := db.ws.ReadItem(func() (pack string, offset, length int64, err error) {
		err = db.ws.QueryRow(ctx, `SELECT pack, pos, length FROM thumbnails WHERE hash = ? LIMIT 1`, hash).Scan(&pack, &offset, &length)
		return pack, offset, length, err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("thumbnail of %s: %w", hash, workspace.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the thumbnail of %s: %w", hash, err)
	}
	return data, nil
}

var thumbPacks = workspace.PackTable{Table: "thumbnails", Kind: thumbsKind, Folder: thumbsFolder}

// Compact merges small packs of thumbnails; see workspace.Compact. An import calls it
// at its end.
func (db *Store) Compact(ctx context.Context) error { return db.ws.Compact(ctx, thumbPacks) }

// Tidy is Compact if many packs were stored since it ran last. It must not be called in
// a transaction.
func (db *Store) Tidy(ctx context.Context) error { return db.ws.Tidy(ctx, thumbPacks) }

// WithoutThumbnail lists the usable samples of a dataset that have none, or no fingerprint, one
// for each content, in order of id.
func (db *Store) WithoutThumbnail(ctx context.Context, dataset string) ([]int64, error) {
	ids, err := workspace.QueryAll[int64](ctx, db.ws, `SELECT min(s.id) FROM samples s JOIN datasets d ON d.id = s.dataset
		WHERE d.name = ? AND s.problem = '' AND NOT s.gone
			AND (s.hash NOT IN (SELECT hash FROM thumbnails) OR s.hash NOT IN (SELECT hash FROM fingerprints))
		GROUP BY s.hash ORDER BY 1`, dataset)
	if err != nil {
		return nil, fmt.Errorf("listing samples without thumbnail: %w", err)
	}
	return ids, nil
}

// Failure is a sample that could not be evaluated, explained or read.
type Failure struct {
	Sample int64  `json:"sample"`
	Reason string `json:"reason"`
}

// Quarantine marks samples as unusable, with the reason, as part of tx: those
// whose header is fine and whose pixels cannot be decoded.
func (db *Store) Quarantine(ctx context.Context, tx *workspace.Tx, failures []Failure) error {
	for _, f := range failures {
		if _, err := tx.Exec(ctx, `UPDATE samples SET problem = ? WHERE id = ?`, f.Reason, f.Sample); err != nil {
			return fmt.Errorf("quarantining sample %d: %w", f.Sample, err)
		}
	}
	return nil
}
