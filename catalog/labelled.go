package catalog

import (
	"context"
	"fmt"
)

// Labelled is a sample with its label.
type Labelled struct {
	ID    int64
	Label string
}

// LabelledSamples chooses up to n samples in use that have one of the labels, of the splits
// ("" is that of samples without one), as evenly over the labels as there are samples: the first of
// each label come first, in an order that depends on the paths alone.
func (db *Store) LabelledSamples(ctx context.Context, dataset string, labels, splits []string, n int) ([]Labelled, error) {
	rows, err := db.ws.Query(ctx, `SELECT id, name FROM (
			SELECT s.id, l.name, md5(s.path) AS chance, row_number() OVER (PARTITION BY s.label ORDER BY md5(s.path)) AS place
			FROM samples s JOIN datasets d ON d.id = s.dataset JOIN labels l ON l.dataset = s.dataset AND l.label = s.label
			WHERE d.name = $1 AND s.problem = '' AND NOT s.gone
				AND l.name IN (SELECT unnest($2::VARCHAR[])) AND s.split IN (SELECT unnest($3::VARCHAR[])))
		ORDER BY place, chance LIMIT $4`, dataset, labels, splits, n)
	if err != nil {
		return nil, fmt.Errorf("choosing labelled samples of %s: %w", dataset, err)
	}
	defer rows.Close()
	var list []Labelled
	for rows.Next() {
		var s Labelled
		if err := rows.Scan(&s.ID, &s.Label); err != nil {
			return nil, fmt.Errorf("choosing labelled samples of %s: %w", dataset, err)
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
