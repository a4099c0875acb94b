package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Hash names what a dataset is: SHA-256 over its usable samples by path, each as its path,
// the hash of its bytes, its label and its split. The folder that it lies in does not change it.
func (db *Store) Hash(ctx context.Context, name string) (hash string, samples int, err error) {
	rows, err := db.ws.Query(ctx, `SELECT s.path, s.hash, s.label IS NOT NULL, coalesce(l.name, ''), s.split
		FROM samples s JOIN datasets d ON d.id = s.dataset LEFT JOIN labels l ON l.dataset = s.dataset AND l.label = s.label
		WHERE d.name = ? AND s.problem = '' AND NOT s.gone ORDER BY s.path, s.id`, name)
	if err != nil {
		return "", 0, fmt.Errorf("reading the samples of %s: %w", name, err)
	}
	defer rows.Close()
	sum := sha256.New()
	for rows.Next() {
		var path, content, label, split string
		var labelled bool
		if err := rows.Scan(&path, &content, &labelled, &label, &split); err != nil {
			return "", 0, err
		}
		for _, text := range []string{path, content, strconv.FormatBool(labelled), label, split} {
			fmt.Fprintf(sum, "%d:%s", len(text), text)
		}
		samples++
	}
	return hex.EncodeToString(sum.Sum(nil)), samples, rows.Err()
}
