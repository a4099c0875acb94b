// Package tables reads the tables that findings are made of: every labelled image of an
// evaluation with what the model said of it, in one pass.
//
// Its queries join the tables of evaluations (package results) and of datasets (package
// catalog), which it never writes.
package tables

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/fingerprint"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// mostRegions is how many names of regions are looked at: the commonest.
const mostRegions = 30

// Read reads the answers of an evaluation. The figures are of the slice; it may have no other
// criteria than of predictions and samples.
func Read(ctx context.Context, db workspace.Reader, ev *results.Evaluation, of slice.Slice) (*findings.Answers, error) {
	number, err := results.Number(ctx, db, ev.ID)
	if err != nil {
		return nil, err
	}
	t := &findings.Answers{Classes: ev.Classes, Of: of.String()}
	inside, err := of.Where(func(t slice.Term) (slice.Relation, error) {
		return slice.Relation{}, fmt.Errorf("findings are not of a slice by %s", t.Field.Name)
	})
	if err != nil {
		return nil, err
	}
	if err := read(ctx, db, t, number, inside); err != nil {
		return nil, fmt.Errorf("reading the answers of %s: %w", ev.ID, err)
	}
	if t.Regions, err = presences(ctx, db, ev.Dataset); err != nil {
		return nil, fmt.Errorf("reading which images of %s have regions: %w", ev.Dataset, err)
	}
	return t, nil
}

// Stamp is another one as soon as something changes that the answers are made of: the
// predictions, the images, or the regions.
func Stamp(ctx context.Context, db workspace.Reader, ev *results.Evaluation, of slice.Slice) (stamp string, err error) {
	err = db.QueryRow(ctx, `SELECT concat_ws('|', e.slug, e.job, e.state, epoch_us(e.finished), epoch_us(d.updated), d.regions_revision, (SELECT count(*) FROM fingerprints),
			(SELECT concat(count(*), ':', max(epoch_us(b.created))) FROM blocks b WHERE b.evaluation = e.id), ?)
		FROM evaluations e JOIN datasets d ON d.id = e.dataset WHERE e.slug = ?`, of.String(), ev.ID).Scan(&stamp)
	if err != nil {
		err = fmt.Errorf("reading the state of %s: %w", ev.ID, err)
	}
	return stamp, err
}

// query gives a row per answer. confident has the class of confident learning: of the best five
// scores the largest that reaches the mean score of the images labelled so. That of images of
// the slice only, as a model knows its training images by heart.
const query = `WITH own AS (SELECT p.*, s.path, s.hash, s.bytes, s.format, s.width, s.height, s.orientation, %s AS inside
		FROM predictions p JOIN samples s ON s.id = p.sample WHERE p.evaluation = ? AND p.truth >= 0),
	thresholds AS (SELECT truth AS class, avg(truth_score) AS least FROM own WHERE inside GROUP BY truth),
	scores AS (SELECT sample, unnest(top) AS class, unnest(top_scores) AS score FROM own WHERE inside AND truth <> predicted),
	confident AS (SELECT sample, arg_max(class, score) AS class FROM scores JOIN thresholds USING (class) WHERE score >= least GROUP BY sample)
	SELECT own.sample, truth, predicted, coalesce(confident.class, -1), split, path, coalesce(format, ''), confidence::DOUBLE,
		coalesce(bytes, 0), coalesce(width, 0), coalesce(height, 0), coalesce(orientation, 1), inside,
		CASE WHEN hash <> '' AND count(*) OVER (PARTITION BY hash) > 1 THEN hash ELSE '' END,
		f.a IS NOT NULL, coalesce(f.a, 0), coalesce(f.b, 0), coalesce(f.c, 0), coalesce(f.d, 0), coalesce(f.colours, 0)
	FROM own LEFT JOIN confident USING (sample) LEFT JOIN fingerprints f USING (hash) ORDER BY own.sample`

func read(ctx context.Context, db workspace.Reader, t *findings.Answers, number int, inside slice.Where) error {
	condition := "true"
	if len(inside.Conditions) > 0 {
		condition = "coalesce(" + strings.Join(inside.Conditions, " AND ") + ", false)"
	}
	rows, err := db.Query(ctx, fmt.Sprintf(query, condition), append(inside.Args, number)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	splits, folders, formats, copies := names{}, names{}, names{}, names{}
	var prints []fingerprint.Print
	for rows.Next() {
		var a findings.Answer
		var p fingerprint.Print
		var split, file, format, hash string
		var width, height int
		var orientation imaging.Orientation
		if err := rows.Scan(&a.Sample, &a.Truth, &a.Predicted, &a.Other, &split, &file, &format, &a.Confidence, &a.Bytes, &width, &height, &orientation, &a.Inside, &hash, &a.Printed, &p[0], &p[1], &p[2], &p[3], &p[4]); err != nil {
			return err
		}
		width, height = orientation.Upright(width, height)
		a.Width, a.Height = float64(width), float64(height)
		a.Split, a.Folder, a.Format, a.Copy = splits.of(split), folders.of(path.Dir(file)), formats.of(format), -1
		if hash != "" {
			a.Copy = copies.of(hash)
		}
		t.List, prints = append(t.List, a), append(prints, p)
	}
	t.Splits, t.Folders, t.Formats = splits.list, folders.list, formats.list
	if err := errors.Join(rows.Err(), rows.Close()); err != nil { // before the long search
		return err
	}
	return near(ctx, t, prints)
}

// names numbers texts in the order in which they are met.
type names struct {
	at   map[string]int32
	list []string
}

func (n *names) of(text string) int32 {
	i, known := n.at[text]
	if !known {
		if n.at == nil {
			n.at = map[string]int32{}
		}
		i = int32(len(n.list))
		n.at[strings.Clone(text)], n.list = i, append(n.list, text)
	}
	return i
}

// presences reads which images have the commonest regions.
func presences(ctx context.Context, db workspace.Reader, dataset string) ([]findings.Presence, error) {
	rows, err := db.Query(ctx, `WITH own AS (SELECT DISTINCT r.name, r.sample FROM regions r JOIN datasets d ON d.id = r.dataset WHERE d.name = ?),
			common AS (SELECT name FROM own GROUP BY name ORDER BY count(*) DESC, name LIMIT ?)
		SELECT name, sample FROM own WHERE name IN (SELECT name FROM common) ORDER BY name`, dataset, mostRegions)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []findings.Presence
	for rows.Next() {
		var name string
		var sample int64
		if err := rows.Scan(&name, &sample); err != nil {
			return nil, err
		}
		if n := len(list); n == 0 || list[n-1].Region != name {
			list = append(list, findings.Presence{Region: name, Has: map[int64]bool{}})
		}
		list[len(list)-1].Has[sample] = true
	}
	return list, rows.Err()
}
