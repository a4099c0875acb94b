package catalog

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/workspace"
)

// Unread is the problem of an object that an import has listed and not yet read.
const Unread = "not read yet: the import is under way, or was stopped; import the dataset again"

// listed is the table of what a store said of objects when they were listed. An object is read
// again when that has changed.
var listed = workspace.Schema{Name: "objects", Tables: `CREATE TABLE objects (sample BIGINT, tag VARCHAR, bytes BIGINT)`}

// known is what is stored of an object that was read.
type known struct {
	tag    string
	sample dataset.Sample
}

// recognise fills in what is known of the objects of a scan: of those that were read before and
// have not changed, and of those that have only moved. The others are yet to be read.
func recognise(ctx context.Context, tx *workspace.Tx, datasetID int, scan *dataset.Result) error {
	if !scan.Listed {
		return nil
	}
	before, err := readObjects(ctx, tx, datasetID)
	if err != nil {
		return err
	}
	present := map[string]bool{}
	for _, s := range scan.Samples {
		present[s.Path] = true
	}
	moved := map[string]known{}
	for path, k := range before {
		if !present[path] && isDigest(k.tag) {
			moved[k.tag] = k
		}
	}
	for i := range scan.Samples {
		s := &scan.Samples[i]
		if s.Problem != "" {
			continue
		}
		k, ok := before[s.Path]
		if !ok {
			k, ok = moved[s.Tag]
		}
		if ok && s.Tag != "" && k.tag == s.Tag && k.sample.Bytes == s.Bytes {
			path, label, labelled, split := s.Path, s.Label, s.Labelled, s.Split
			*s = k.sample
			s.Path, s.Label, s.Labelled, s.Split, s.Tag = path, label, labelled, split, k.tag
			continue
		}
		s.Problem = Unread
	}
	return nil
}

// isDigest tells tags that are a digest of the content from those that only tell versions of one
// object apart.
func isDigest(tag string) bool {
	const md5 = 32
	if len(tag) != md5 {
		return false
	}
	for _, c := range []byte(tag) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}

// readObjects are the objects of a dataset that were read, by path.
func readObjects(ctx context.Context, tx *workspace.Tx, datasetID int) (map[string]known, error) {
	rows, err := tx.Query(ctx, `SELECT s.path, o.tag, o.bytes, s.hash, s.format, s.width, s.height, s.orientation, s.problem
		FROM samples s JOIN objects o ON o.sample = s.id WHERE s.dataset = ? AND s.problem <> ?`, datasetID, Unread)
	if err != nil {
		return nil, fmt.Errorf("reading what is known of objects: %w", err)
	}
	defer rows.Close()
	found := map[string]known{}
	for rows.Next() {
		var k known
		s := &k.sample
		if err := rows.Scan(&s.Path, &k.tag, &s.Bytes, &s.Hash, &s.Format, &s.Width, &s.Height, &s.Orientation, &s.Problem); err != nil {
			return nil, fmt.Errorf("reading what is known of objects: %w", err)
		}
		found[s.Path] = k
	}
	return found, rows.Err()
}

// putTags notes what the store says of the objects of a scan.
func (p *importPlan) putTags(ctx context.Context, tx *workspace.Tx, datasetID int, samples []dataset.Sample) error {
	_, err := tx.Exec(ctx, `DELETE FROM objects WHERE sample IN (SELECT id FROM samples WHERE dataset = ? AND NOT gone)`, datasetID)
	if err != nil {
		return err
	}
	return tx.Append("objects", len(samples), func(i int) []driver.Value {
		return []driver.Value{p.ids[samples[i].Path], samples[i].Tag, samples[i].Bytes}
	})
}

// Unread lists the samples of a dataset that were listed and not yet read, in order of id.
func (db *Store) Unread(ctx context.Context, name string) ([]int64, error) {
	ids, err := workspace.QueryAll[int64](ctx, db.ws, `SELECT s.id FROM samples s JOIN datasets d ON d.id = s.dataset
		WHERE d.name = ? AND s.problem = ? AND NOT s.gone ORDER BY s.id`, name, Unread)
	if err != nil {
		return nil, fmt.Errorf("listing samples that are yet to be read: %w", err)
	}
	return ids, nil
}

// Header is what reading an object says of it.
type Header struct {
	Sample        int64
	Hash          string
	Bytes         int64
	Format        string
	Width, Height int
	Orientation   uint8
}

// IngestHeaders stores what objects hold as part of tx: they are samples from now on.
func (db *Store) IngestHeaders(ctx context.Context, tx *workspace.Tx, list []Header) error {
	if len(list) == 0 {
		return nil
	}
	var ids, bytes []int64
	var hashes, formats []string
	var widths, heights, orientations []int32
	for _, h := range list {
		ids, bytes, hashes, formats = append(ids, h.Sample), append(bytes, h.Bytes), append(hashes, h.Hash), append(formats, h.Format)
		widths, heights, orientations = append(widths, int32(h.Width)), append(heights, int32(h.Height)), append(orientations, int32(h.Orientation))
	}
	_, err := tx.Exec(ctx, `UPDATE samples SET hash = u.hash, bytes = u.bytes, format = u.format, width = u.width, height = u.height,
			orientation = u.orientation, problem = ''
		FROM (SELECT unnest(?::BIGINT[]) AS id, unnest(?::VARCHAR[]) AS hash, unnest(?::BIGINT[]) AS bytes, unnest(?::VARCHAR[]) AS format,
			unnest(?::INTEGER[]) AS width, unnest(?::INTEGER[]) AS height, unnest(?::INTEGER[]) AS orientation) u
		WHERE samples.id = u.id`, ids, hashes, bytes, formats, widths, heights, orientations)
	if err != nil {
		return fmt.Errorf("storing what objects hold: %w", err)
	}
	return nil
}
