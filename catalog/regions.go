package catalog

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/workspace"
)

// Regions returns the regions of a sample, in displayed pixels.
func (db *Store) Regions(ctx context.Context, sample int64) ([]dataset.Region, error) {
	found, err := db.RegionsOf(ctx, []int64{sample})
	if err != nil {
		return nil, err
	}
	return append([]dataset.Region{}, found[sample]...), nil
}

// RegionsOf returns the regions of samples, in displayed pixels, each sample's by name.
func (db *Store) RegionsOf(ctx context.Context, samples []int64) (map[int64][]dataset.Region, error) {
	rows, err := db.ws.Query(ctx, `SELECT r.sample, s.path, r.name, r.kind, r.points, r.source
		FROM regions r JOIN samples s ON s.id = r.sample WHERE r.sample IN (SELECT unnest(?::BIGINT[])) ORDER BY r.sample, r.name, r.kind`, samples)
	if err != nil {
		return nil, fmt.Errorf("reading regions: %w", err)
	}
	defer rows.Close()
	found := map[int64][]dataset.Region{}
	for rows.Next() {
		var sample int64
		var r dataset.Region
		var points []any
		if err := rows.Scan(&sample, &r.Path, &r.Name, &r.Kind, &points, &r.Source); err != nil {
			return nil, fmt.Errorf("reading regions: %w", err)
		}
		for _, p := range points {
			r.Points = append(r.Points, p.(float64))
		}
		found[sample] = append(found[sample], r)
	}
	return found, rows.Err()
}

// RegionsRevision is a number that changes with the regions of a dataset, or with the
// size of its images: what was computed from one revision does not hold for another.
func (db *Store) RegionsRevision(ctx context.Context, dataset string) (revision int, err error) {
	err = db.ws.QueryRow(ctx, `SELECT regions_revision FROM datasets WHERE name = ?`, dataset).Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("dataset %q: %w", dataset, workspace.ErrNotFound)
	}
	return revision, err
}

// RegionsNow is RegionsRevision, and whether any sample of the dataset has a region, which
// is looked up once for a revision: every chunk of maps asks.
func (db *Store) RegionsNow(ctx context.Context, dataset string) (revision int, has bool, err error) {
	var at drawnAt
	err = db.ws.QueryRow(ctx, `SELECT id, created::VARCHAR, regions_revision FROM datasets WHERE name = ?`, dataset).Scan(&at.dataset, &at.created, &at.revision)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("dataset %q: %w", dataset, workspace.ErrNotFound)
	}
	if err != nil {
		return 0, false, err
	}
	if has, known := db.drawn.get(at); known {
		return at.revision, has, nil
	}
	if err = db.ws.QueryRow(ctx, `SELECT count(*) > 0 FROM regions WHERE dataset = ?`, at.dataset).Scan(&has); err != nil {
		return 0, false, fmt.Errorf("looking for regions of %s: %w", dataset, err)
	}
	db.drawn.put(at, has)
	return at.revision, has, nil
}

// drawnCache knows of datasets whether they have regions.
type drawnCache struct {
	mu  sync.Mutex
	has map[drawnAt]bool
}

// drawnAt is the regions of a dataset at a revision. Names and numbers are given anew where
// a dataset was removed.
type drawnAt struct {
	dataset, revision int
	created           string
}

func (c *drawnCache) get(at drawnAt) (has, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	has, known = c.has[at]
	return has, known
}

func (c *drawnCache) put(at drawnAt, has bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.has == nil {
		c.has = map[drawnAt]bool{}
	}
	c.has[at] = has
}

// MostPoints is how many numbers describe the regions of the sample of a dataset that has
// the most of them: what its regions cost to send.
func (db *Store) MostPoints(ctx context.Context, dataset string) (n int64, err error) {
	err = db.ws.QueryRow(ctx, `SELECT coalesce(max(points), 0)::BIGINT FROM (SELECT sum(len(r.points)) AS points
		FROM regions r JOIN datasets d ON d.id = r.dataset WHERE d.name = ? GROUP BY r.sample)`, dataset).Scan(&n)
	return n, err
}

// regions replaces the regions of a dataset by those of a scan, or, where that has read none yet,
// says that they are to be looked at anew if files have changed: PutRegions brings them.
func (p *importPlan) regions(ctx context.Context, tx *workspace.Tx, datasetID int, scan *dataset.Result) error {
	if !scan.Listed {
		return p.putRegions(ctx, tx, datasetID, scan.Regions)
	}
	if len(p.report.Changed) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE datasets SET regions_revision = regions_revision + 1 WHERE id = ?`, datasetID)
	return err
}

// Listed are the samples of a dataset as a scan had them, for files of regions that are read
// after the images.
func (db *Store) Listed(ctx context.Context, name string) ([]dataset.Sample, error) {
	list, err := db.samples(ctx, `WHERE d.name = ? AND NOT s.gone ORDER BY s.path`, name)
	out := make([]dataset.Sample, len(list))
	for i, s := range list {
		out[i] = dataset.Sample{Path: s.Path, Width: s.Width, Height: s.Height, Orientation: s.Orientation, Problem: s.Problem}
	}
	return out, err
}

// PutRegions replaces the regions of a dataset that was listed, and adds remarks on them.
func (db *Store) PutRegions(ctx context.Context, name string, regions []dataset.Region, remarks []dataset.Remark) error {
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		id, err := DatasetID(ctx, tx, name)
		if err != nil {
			return err
		}
		before, err := storedSamples(ctx, tx, id)
		if err != nil {
			return err
		}
		p := &importPlan{ids: map[string]int64{}}
		for _, s := range before {
			p.ids[s.path] = s.id
		}
		if err := p.putRegions(ctx, tx, id, regions); err != nil {
			return err
		}
		return tx.Append("remarks", len(remarks), func(i int) []driver.Value {
			return []driver.Value{int32(id), remarks[i].Kind, remarks[i].Path, remarks[i].Detail}
		})
	})
}

// putRegions replaces the regions of a dataset. Where others come of it, or files have
// changed, so does the revision.
func (p *importPlan) putRegions(ctx context.Context, tx *workspace.Tx, datasetID int, regions []dataset.Region) error {
	const columns = `SELECT sample, name, kind, len(points) AS numbers, hash(points) AS points FROM regions WHERE dataset = ?` // masks are large
	if _, err := tx.Exec(ctx, `CREATE OR REPLACE TEMP TABLE regions_before AS `+columns, datasetID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM regions WHERE dataset = ?`, datasetID); err != nil {
		return err
	}
	p.report.Regions = len(regions)
	for _, r := range regions {
		if _, ok := p.ids[r.Path]; !ok {
			return fmt.Errorf("a region of %s is of no sample", r.Path)
		}
	}
	err := tx.Append("regions", len(regions), func(i int) []driver.Value {
		r := regions[i]
		return []driver.Value{int32(datasetID), p.ids[r.Path], r.Name, r.Kind, r.Points, r.Source}
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE datasets SET regions_revision = regions_revision + 1 WHERE id = ? AND (?
			OR EXISTS (`+columns+` EXCEPT ALL FROM regions_before) OR EXISTS (FROM regions_before EXCEPT ALL `+columns+`))`,
		datasetID, len(p.report.Changed) > 0, datasetID, datasetID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DROP TABLE regions_before`)
	return err
}
