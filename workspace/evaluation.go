package workspace

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// States of an evaluation.
const (
	EvaluationRunning = "running" // or interrupted: the job tells
	EvaluationDone    = "done"
)

// Evaluation is one model run on one data set. Truth and Predicted of its
// predictions are indices into Classes.
type Evaluation struct {
	ID       string          `json:"id"` // "<dataset>~<model>", safe in a URL
	Dataset  string          `json:"dataset"`
	Model    string          `json:"model"`
	Job      string          `json:"job"`
	State    string          `json:"state"`
	Classes  []string        `json:"classes"`
	Splits   []string        `json:"splits"`
	Spec     json.RawMessage `json:"spec"`     // the model's specification when it was evaluated
	Matching json.RawMessage `json:"matching"` // as given in the plan
	Planned  int             `json:"planned"`  // samples to evaluate
	Created  time.Time       `json:"created"`
	Finished time.Time       `json:"finished"`

	number    int // key in the tables
	datasetID int
}

// EvaluationPlan is what PlanEvaluation needs. Matching is kept and returned
// as it is; LabelClass gives the class index of each label of the data set that
// has one.
type EvaluationPlan struct {
	Dataset    string
	Model      string
	Job        string
	Classes    []string
	Matching   json.RawMessage
	LabelClass map[string]int
}

// EvaluationID is the id of the evaluation of a model on a data set.
func EvaluationID(dataset, model string) string { return slug(dataset) + "~" + slug(model) }

// slug keeps letters, digits, dot, dash and underscore.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '-'
	}, name)
}

// PlanEvaluation creates or reopens the evaluation and fixes the list of
// samples the job works through: those in use that the evaluation has no
// prediction of, in order of id. What no longer holds is dropped and so made
// anew: all predictions, if model settings or classes are other ones or a label
// in use now is another class; the chunks with files that changed since.
// Planning the same job again gives the same list.
func (w *Workspace) PlanEvaluation(ctx context.Context, p EvaluationPlan) (e *Evaluation, items int, err error) {
	model, err := w.Model(ctx, p.Model)
	if err != nil {
		return nil, 0, err
	}
	data, err := w.Dataset(ctx, p.Dataset)
	if err != nil {
		return nil, 0, err
	}
	id := EvaluationID(p.Dataset, p.Model)
	var dropped []string
	err = w.Update(ctx, func(tx *sql.Tx) error {
		number, files, err := w.reopen(ctx, tx, id, model, data, p)
		if err != nil {
			return err
		}
		dropped = files
		items, err = planItems(ctx, tx, p.Job, number, data.ID)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("planning the evaluation %s: %w", id, err)
	}
	w.removeFiles(dropped)
	if len(dropped) > 0 {
		w.cache.forget(id)
	}
	e, err = w.Evaluation(ctx, id)
	return e, items, err
}

// reopen finds or creates the row of the evaluation, dropping predictions made
// with other settings; it returns the files they leave behind.
func (w *Workspace) reopen(ctx context.Context, tx *sql.Tx, id string, model *Model, data *Dataset, p EvaluationPlan) (int, []string, error) {
	classes, splits := mustJSON(p.Classes), mustJSON(splitNames(data))
	var number int
	var oldClasses, oldSpec string
	var datasetID, modelID int
	err := tx.QueryRowContext(ctx, `SELECT id, dataset, model, classes, spec FROM evaluations WHERE slug = ?`, id).
		Scan(&number, &datasetID, &modelID, &oldClasses, &oldSpec)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, nil, err
	}
	var files []string
	if err == nil {
		if datasetID != data.ID || modelID != model.ID {
			return 0, nil, fmt.Errorf("the id %s is taken by another pair of dataset and model whose names differ in signs only: import or add one of them again under another --name", id)
		}
		settings := oldClasses == classes && oldSpec == string(model.Spec)
		if files, err = dropOutdated(ctx, tx, number, settings, p.LabelClass); err != nil {
			return 0, nil, err
		}
		_, err = tx.ExecContext(ctx, `UPDATE evaluations SET job = ?, state = ?, classes = ?, splits = ?, spec = ?, matching = ?, finished = NULL WHERE id = ?`,
			p.Job, EvaluationRunning, classes, splits, string(model.Spec), string(p.Matching), number)
	} else {
		err = tx.QueryRowContext(ctx, `INSERT INTO evaluations SELECT nextval('evaluation_ids'), ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, NULL RETURNING id`,
			id, data.ID, model.ID, p.Job, EvaluationRunning, classes, splits, string(model.Spec), string(p.Matching), time.Now()).Scan(&number)
	}
	if err != nil {
		return 0, nil, err
	}
	return number, files, putLabelClasses(ctx, tx, number, data.ID, p.LabelClass)
}

// splitNames lists the splits of a data set; code 0 of a score block is "none".
func splitNames(d *Dataset) []string {
	names := []string{}
	for _, s := range d.Splits {
		names = append(names, s.Name)
	}
	return names
}

func putLabelClasses(ctx context.Context, tx *sql.Tx, number, datasetID int, classOf map[string]int) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM evaluation_labels WHERE evaluation = ?`, number); err != nil {
		return err
	}
	names := make([]string, 0, len(classOf))
	for name := range classOf {
		names = append(names, name)
	}
	slices.Sort(names)
	classes := make([]int32, len(names))
	for i, name := range names {
		classes[i] = int32(classOf[name])
	}
	if len(names) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO evaluation_labels SELECT ?, l.label, m.class
		FROM (SELECT unnest(?::VARCHAR[]) AS name, unnest(?::INTEGER[]) AS class) m
		JOIN labels l ON l.name = m.name AND l.dataset = ?`, number, names, classes, datasetID)
	return err
}

// planItems stores the job's list if it has none and returns its length. A
// prediction whose sample has gone from the list is not touched.
func planItems(ctx context.Context, tx *sql.Tx, job string, number, datasetID int) (items int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM job_items WHERE job = ?`, job).Scan(&items)
	if err != nil || items > 0 {
		return items, err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO job_items
		SELECT ?, row_number() OVER (ORDER BY id) - 1, id FROM samples
		WHERE dataset = ? AND problem = '' AND NOT gone
			AND id NOT IN (SELECT sample FROM predictions WHERE evaluation = ?)
		ORDER BY id`, job, datasetID, number)
	if err != nil {
		return 0, err
	}
	added, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE evaluations SET planned = ? + (SELECT count(*) FROM predictions WHERE evaluation = ?) WHERE id = ?`, added, number, number)
	return int(added), err
}

// PutItems fixes the list of samples a job works through, unless it has one,
// and returns its length.
func (w *Workspace) PutItems(ctx context.Context, job string, samples []int64) (items int, err error) {
	err = w.Update(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM job_items WHERE job = ?`, job).Scan(&items)
		if err != nil || items > 0 || len(samples) == 0 {
			return err
		}
		items = len(samples)
		_, err = tx.ExecContext(ctx, `INSERT INTO job_items SELECT ?, unnest(range(?::BIGINT)), unnest(?::BIGINT[])`, job, items, samples)
		return err
	})
	return items, err
}

// Items returns the samples [first, first+count) of a job's list, in its order.
func (w *Workspace) Items(ctx context.Context, job string, first, count int) ([]Sample, error) {
	return w.samples(ctx, `JOIN job_items i ON i.sample = s.id
		WHERE i.job = ? AND i.item >= ? AND i.item < ? ORDER BY i.item`, job, first, first+count)
}

// FinishEvaluation marks the evaluation as complete.
func (w *Workspace) FinishEvaluation(ctx context.Context, id string) error {
	return w.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE evaluations SET state = ?, finished = ? WHERE slug = ?`, EvaluationDone, time.Now(), id)
		return err
	})
}

// Evaluation returns one evaluation, or an error that is ErrNotFound.
func (w *Workspace) Evaluation(ctx context.Context, id string) (*Evaluation, error) {
	list, err := w.evaluations(ctx, `WHERE e.slug = ?`, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("evaluation %q: %w; make it with `sightline evaluate DATASET MODEL`", id, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// Evaluations lists all evaluations, newest first.
func (w *Workspace) Evaluations(ctx context.Context) ([]Evaluation, error) {
	return w.evaluations(ctx, `ORDER BY e.created DESC, e.slug`)
}

func (w *Workspace) evaluations(ctx context.Context, rest string, args ...any) ([]Evaluation, error) {
	rows, err := w.db.QueryContext(ctx, `SELECT e.id, e.slug, e.dataset, d.name, m.name, e.job, e.state, e.classes, e.splits, e.spec, e.matching,
		e.planned, e.created, e.finished
		FROM evaluations e JOIN datasets d ON d.id = e.dataset JOIN models m ON m.id = e.model `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading evaluations: %w", err)
	}
	defer rows.Close()
	list := []Evaluation{}
	for rows.Next() {
		e, err := scanEvaluation(rows)
		if err != nil {
			return nil, fmt.Errorf("reading evaluations: %w", err)
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

func scanEvaluation(rows *sql.Rows) (Evaluation, error) {
	var e Evaluation
	var classes, splits, spec, matching string
	var finished sql.NullTime
	err := rows.Scan(&e.number, &e.ID, &e.datasetID, &e.Dataset, &e.Model, &e.Job, &e.State, &classes, &splits, &spec, &matching,
		&e.Planned, &e.Created, &finished)
	if err != nil {
		return e, err
	}
	e.Finished, e.Spec, e.Matching = finished.Time, json.RawMessage(spec), json.RawMessage(matching)
	return e, errors.Join(json.Unmarshal([]byte(classes), &e.Classes), json.Unmarshal([]byte(splits), &e.Splits))
}

// mustJSON encodes a value that cannot fail to encode.
func mustJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}
