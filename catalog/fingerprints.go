package catalog

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/imaging/fingerprint"
	"github.com/sightline/sightline/workspace"
)

// printed is the table of what images look like, by the hash of their bytes as thumbnails are.
var printed = workspace.Schema{Name: "fingerprints", Tables: `CREATE TABLE fingerprints (hash VARCHAR, a UBIGINT, b UBIGINT, c UBIGINT, d UBIGINT, colours UBIGINT)`}

// Fingerprint is that of the image whose bytes have a hash.
type Fingerprint struct {
	Hash  string            `json:"hash"`
	Print fingerprint.Print `json:"print"`
}

// IngestFingerprints stores, as part of tx, those that are not known.
func (db *Store) IngestFingerprints(ctx context.Context, tx *workspace.Tx, list []Fingerprint) error {
	if len(list) == 0 {
		return nil
	}
	hashes := make([]string, len(list))
	parts := make([][]uint64, len(fingerprint.Print{}))
	for i, f := range list {
		hashes[i] = f.Hash
		for k, word := range f.Print {
			parts[k] = append(parts[k], word)
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO fingerprints
		SELECT DISTINCT ON (hash) * FROM (SELECT unnest(?::VARCHAR[]) AS hash, unnest(?::UBIGINT[]), unnest(?::UBIGINT[]), unnest(?::UBIGINT[]), unnest(?::UBIGINT[]), unnest(?::UBIGINT[]))
		WHERE hash NOT IN (SELECT hash FROM fingerprints)`, hashes, parts[0], parts[1], parts[2], parts[3], parts[4])
	if err != nil {
		return fmt.Errorf("storing fingerprints of images: %w", err)
	}
	return nil
}
