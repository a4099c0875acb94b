package catalog

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/workspace"
)

// ImportReport is what an import did. Paths are sorted.
type ImportReport struct {
	Dataset     string   `json:"dataset"`
	Samples     int      `json:"samples"` // usable samples now
	Added       int      `json:"added"`
	Unchanged   int      `json:"unchanged"`
	Gone        []string `json:"gone"`        // stored before, not there now
	Returned    []string `json:"returned"`    // gone before, back now
	Changed     []string `json:"changed"`     // other bytes under the same path
	Moved       []Move   `json:"moved"`       // same bytes under a new path; the sample keeps its id
	Relabelled  []string `json:"relabelled"`  // the source says another label or split; the stored one stays
	Quarantined []string `json:"quarantined"` // path: reason
	Stray       int      `json:"stray"`
	Missing     int      `json:"missing"`
	Regions     int      `json:"regions"`
}

// Move is a file that is now elsewhere.
type Move struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// stored is what the catalogue has of a sample when importing again.
type stored struct {
	id      int64
	path    string
	label   string
	labels  bool
	split   string
	hash    string
	problem string
	gone    bool
}

// importPlan is the difference between a scan and the catalogue.
type importPlan struct {
	report ImportReport
	add    []dataset.Sample
	update []update // existing samples whose file is new, other, elsewhere or back
	gone   []int64
	ids    map[string]int64 // of every scanned path that is in the catalogue after the import
}

type update struct {
	id      int64
	sample  dataset.Sample
	changed bool
}

// Import stores a scanned dataset under a name, or imports it again: new
// samples are added, gone, changed and moved ones are noted, regions, strays and
// other remarks are replaced; labels and splits of known samples, and
// everything made from them, stay.
func (db *Store) Import(ctx context.Context, name string, scan *dataset.Result) (*ImportReport, error) {
	var report *ImportReport
	err := db.ws.Update(ctx, func(tx *workspace.Tx) (err error) {
		report, err = importScan(ctx, tx, name, scan)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("importing %s as %s: %w", scan.Source.Root, name, err)
	}
	return report, nil
}

func importScan(ctx context.Context, tx *workspace.Tx, name string, scan *dataset.Result) (*ImportReport, error) {
	id, err := putDataset(ctx, tx, name, scan)
	if err != nil {
		return nil, err
	}
	before, err := storedSamples(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if err := recognise(ctx, tx, id, scan); err != nil {
		return nil, err
	}
	plan := compare(before, scan.Samples)
	plan.report.Dataset = name
	labels, err := putLabels(ctx, tx, id, plan.add)
	if err != nil {
		return nil, err
	}
	if err := plan.apply(ctx, tx, id, labels); err != nil {
		return nil, err
	}
	if scan.Listed {
		if err := plan.putTags(ctx, tx, id, scan.Samples); err != nil {
			return nil, err
		}
	}
	if err := plan.regions(ctx, tx, id, scan); err != nil {
		return nil, err
	}
	remarks := scan.Remarks
	if len(before) > 0 {
		remarks = append(slices.Clone(remarks), plan.news()...)
	}
	if err := plan.putRemarks(ctx, tx, id, remarks); err != nil {
		return nil, err
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM samples WHERE dataset = ? AND problem = '' AND NOT gone`, id).Scan(&plan.report.Samples)
	return &plan.report, err
}

// putDataset creates the dataset or finds the one of that name, which must
// have the same root.
func putDataset(ctx context.Context, tx *workspace.Tx, name string, scan *dataset.Result) (id int, err error) {
	encoded, err := json.Marshal(scan.Source)
	if err != nil {
		return 0, err
	}
	source := string(encoded)
	var root string
	err = tx.QueryRow(ctx, `SELECT id, root FROM datasets WHERE name = ?`, name).Scan(&id, &root)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.QueryRow(ctx, `INSERT INTO datasets SELECT nextval('dataset_ids'), ?, ?, ?, ?, ?, ?, 1 RETURNING id`,
			name, scan.Source.Root, scan.Layout, source, time.Now(), time.Now()).Scan(&id)
		return id, err
	}
	if err != nil {
		return 0, err
	}
	if root != scan.Source.Root {
		return 0, fmt.Errorf("dataset %s is the folder %s: import %s under another --name", name, root, scan.Source.Root)
	}
	_, err = tx.Exec(ctx, `UPDATE datasets SET layout = ?, source = ?, updated = ? WHERE id = ?`, scan.Layout, source, time.Now(), id)
	return id, err
}

func storedSamples(ctx context.Context, tx *workspace.Tx, datasetID int) ([]stored, error) {
	rows, err := tx.Query(ctx, `SELECT s.id, s.path, coalesce(l.name, ''), s.label IS NOT NULL, s.split, s.hash, s.problem, s.gone
		FROM samples s LEFT JOIN labels l ON l.dataset = s.dataset AND l.label = s.label WHERE s.dataset = ? ORDER BY s.id`, datasetID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []stored
	for rows.Next() {
		var s stored
		if err := rows.Scan(&s.id, &s.path, &s.label, &s.labels, &s.split, &s.hash, &s.problem, &s.gone); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// compare finds what a scan changes. A new path is a move if a stored sample
// with the same bytes is no longer at its own path, oldest sample first.
func compare(before []stored, now []dataset.Sample) *importPlan {
	p := &importPlan{ids: map[string]int64{}}
	known, seen := map[string]*stored{}, map[string]bool{}
	for i := range before {
		known[before[i].path] = &before[i]
	}
	for _, s := range now {
		seen[s.Path] = true
	}
	absent := map[string][]*stored{}
	for i, s := range before {
		if !seen[s.path] && s.hash != "" {
			absent[s.hash] = append(absent[s.hash], &before[i])
		}
	}
	moved := map[int64]bool{}
	for _, s := range now {
		if s.Problem != "" {
			p.report.Quarantined = append(p.report.Quarantined, s.Path+": "+s.Problem)
		}
		old := known[s.Path]
		if old == nil && s.Hash != "" && len(absent[s.Hash]) > 0 {
			old = absent[s.Hash][0]
			absent[s.Hash] = absent[s.Hash][1:]
			moved[old.id] = true
			p.report.Moved = append(p.report.Moved, Move{old.path, s.Path})
		}
		if old == nil {
			p.add = append(p.add, s)
			continue
		}
		p.known(old, s)
	}
	for _, s := range before {
		if !seen[s.path] && !moved[s.id] && !s.gone {
			p.gone = append(p.gone, s.id)
			p.report.Gone = append(p.report.Gone, s.path)
		}
	}
	p.report.Added = len(p.add)
	slices.Sort(p.report.Gone)
	return p
}

// known compares a sample with what is stored of it. A sample quarantined when
// its pixels were decoded stays so while its bytes are the same.
func (p *importPlan) known(old *stored, s dataset.Sample) {
	p.ids[s.Path] = old.id
	if old.labels != s.Labelled || old.label != s.Label || old.split != s.Split {
		p.report.Relabelled = append(p.report.Relabelled, s.Path)
	}
	changed := old.hash != s.Hash
	if !changed && s.Problem == "" {
		s.Problem = old.problem
	}
	if old.gone && old.path == s.Path {
		p.report.Returned = append(p.report.Returned, s.Path)
	}
	if changed {
		p.report.Changed = append(p.report.Changed, s.Path)
	}
	if changed || old.gone || old.path != s.Path || old.problem != s.Problem {
		p.update = append(p.update, update{old.id, s, changed})
	} else {
		p.report.Unchanged++
	}
}

// putLabels adds the labels that are new and returns the index of each.
func putLabels(ctx context.Context, tx *workspace.Tx, datasetID int, samples []dataset.Sample) (map[string]int32, error) {
	names, err := workspace.QueryAll[string](ctx, tx, `SELECT name FROM labels WHERE dataset = ? ORDER BY label`, datasetID)
	if err != nil {
		return nil, err
	}
	index := map[string]int32{}
	for i, name := range names {
		index[name] = int32(i)
	}
	var fresh []string
	for _, s := range samples {
		if _, ok := index[s.Label]; s.Labelled && !ok {
			index[s.Label] = -1
			fresh = append(fresh, s.Label)
		}
	}
	slices.Sort(fresh)
	for i, name := range fresh {
		index[name] = int32(len(names) + i)
	}
	if len(fresh) == 0 {
		return index, nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO labels SELECT ?, (? + unnest(range(?::BIGINT)))::INTEGER, unnest(?::VARCHAR[])`, datasetID, len(names), len(fresh), fresh)
	return index, err
}

// apply writes the samples.
func (p *importPlan) apply(ctx context.Context, tx *workspace.Tx, datasetID int, labels map[string]int32) error {
	if err := p.applyUpdates(ctx, tx); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE samples SET gone = true WHERE id IN (SELECT unnest(?::BIGINT[]))`, append([]int64{}, p.gone...))
	if err != nil {
		return err
	}
	next, err := reserveIDs(ctx, tx, len(p.add))
	if err != nil {
		return err
	}
	now := time.Now()
	return tx.Append("samples", len(p.add), func(i int) []driver.Value {
		s := p.add[i]
		var label driver.Value
		if s.Labelled {
			label = labels[s.Label]
		}
		p.ids[s.Path] = next + int64(i)
		return []driver.Value{next + int64(i), int32(datasetID), s.Path, label, s.Split, s.Hash, s.Bytes, s.Format,
			int32(s.Width), int32(s.Height), uint8(s.Orientation), s.Problem, false, false, now}
	})
}

// applyUpdates rewrites what the files of known samples say, all at once: a
// renamed folder moves every sample in it.
func (p *importPlan) applyUpdates(ctx context.Context, tx *workspace.Tx) error {
	if len(p.update) == 0 {
		return nil
	}
	var ids, bytes []int64
	var paths, hashes, formats, problems []string
	var widths, heights, orientations []int32
	var changed []bool
	for _, u := range p.update {
		s := u.sample
		ids, bytes, changed = append(ids, u.id), append(bytes, s.Bytes), append(changed, u.changed)
		paths, hashes, formats, problems = append(paths, s.Path), append(hashes, s.Hash), append(formats, s.Format), append(problems, s.Problem)
		widths, heights, orientations = append(widths, int32(s.Width)), append(heights, int32(s.Height)), append(orientations, int32(s.Orientation))
	}
	_, err := tx.Exec(ctx, `UPDATE samples SET path = u.path, hash = u.hash, bytes = u.bytes, format = u.format, width = u.width,
			height = u.height, orientation = u.orientation, problem = u.problem, gone = false, changed = samples.changed OR u.changed,
			since = CASE WHEN u.changed THEN now() ELSE samples.since END
		FROM (SELECT unnest(?::BIGINT[]) AS id, unnest(?::VARCHAR[]) AS path, unnest(?::VARCHAR[]) AS hash, unnest(?::BIGINT[]) AS bytes,
			unnest(?::VARCHAR[]) AS format, unnest(?::INTEGER[]) AS width, unnest(?::INTEGER[]) AS height,
			unnest(?::INTEGER[]) AS orientation, unnest(?::VARCHAR[]) AS problem, unnest(?::BOOLEAN[]) AS changed) u
		WHERE samples.id = u.id`, ids, paths, hashes, bytes, formats, widths, heights, orientations, problems, changed)
	return err
}

// reserveIDs takes n consecutive sample ids.
func reserveIDs(ctx context.Context, tx *workspace.Tx, n int) (first int64, err error) {
	if n == 0 {
		return 0, nil
	}
	err = tx.QueryRow(ctx, `SELECT min(id) FROM (SELECT nextval('sample_ids') AS id FROM range(?::BIGINT))`, n).Scan(&first)
	return first, err
}

// Kinds of remarks on what an import found different from the one before.
const (
	remarkAdded      = "added"
	remarkMoved      = "moved" // the detail is the path before
	remarkReturned   = "returned"
	remarkRelabelled = "relabelled"
)

// news are remarks on what is new, elsewhere, back, or called otherwise than in
// the catalogue.
func (p *importPlan) news() (remarks []dataset.Remark) {
	for _, s := range p.add {
		remarks = append(remarks, dataset.Remark{Kind: remarkAdded, Path: s.Path})
	}
	for _, m := range p.report.Moved {
		remarks = append(remarks, dataset.Remark{Kind: remarkMoved, Path: m.To, Detail: m.From})
	}
	for _, path := range p.report.Returned {
		remarks = append(remarks, dataset.Remark{Kind: remarkReturned, Path: path})
	}
	for _, path := range p.report.Relabelled {
		remarks = append(remarks, dataset.Remark{Kind: remarkRelabelled, Path: path})
	}
	return remarks
}

func (p *importPlan) putRemarks(ctx context.Context, tx *workspace.Tx, datasetID int, remarks []dataset.Remark) error {
	if _, err := tx.Exec(ctx, `DELETE FROM remarks WHERE dataset = ?`, datasetID); err != nil {
		return err
	}
	for _, r := range remarks {
		switch r.Kind {
		case dataset.Stray:
			p.report.Stray++
		case dataset.Missing:
			p.report.Missing++
		}
	}
	return tx.Append("remarks", len(remarks), func(i int) []driver.Value {
		r := remarks[i]
		return []driver.Value{int32(datasetID), r.Kind, r.Path, r.Detail}
	})
}
