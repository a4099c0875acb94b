package results

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/workspace"
)

// States of an evaluation.
const (
	EvaluationRunning = "running" // or interrupted: the job tells
	EvaluationDone    = "done"
)

// Evaluation is one model run on one dataset. Truth and Predicted of its
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
// as it is; LabelClass gives the class index of each label of the dataset that
// has one.
type EvaluationPlan struct {
	Dataset    string
	Model      string
	Job        string
	Classes    []string
	Matching   json.RawMessage
	LabelClass map[string]int
}

// EvaluationID is the id of the evaluation of a model on a dataset.
func EvaluationID(dataset, model string) string {
	return workspace.Slug(dataset) + "~" + workspace.Slug(model)
}

// PlanEvaluation creates or reopens the evaluation and returns, in order of id, the
// samples to predict: those in use that the evaluation has no prediction of. What no
// longer holds is dropped and so made anew: all predictions, if model settings or
// classes are other ones or a label in use now is another class; the chunks with files
// that changed since.
func (db *Store) PlanEvaluation(ctx context.Context, p EvaluationPlan) (e *Evaluation, missing []int64, err error) {
	model, err := db.catalog.Model(ctx, p.Model)
	if err != nil {
		return nil, nil, err
	}
	data, err := db.catalog.Dataset(ctx, p.Dataset)
	if err != nil {
		return nil, nil, err
	}
	id := EvaluationID(p.Dataset, p.Model)
	err = db.ws.Update(ctx, func(tx *workspace.Tx) error {
		tx.OnCommit(func() { db.known.forget(id) })
		number, err := db.reopen(ctx, tx, id, model, data, p)
		if err == nil {
			missing, err = withoutPrediction(ctx, tx, number, data.ID)
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("planning the evaluation %s: %w", id, err)
	}
	e, err = db.Evaluation(ctx, id)
	return e, missing, err
}

// reopen finds or creates the row of the evaluation, dropping predictions made with
// other settings.
func (db *Store) reopen(ctx context.Context, tx *workspace.Tx, id string, model *catalog.Model, data *catalog.Dataset, p EvaluationPlan) (int, error) {
	classes, splits, err := namesJSON(p.Classes, splitNames(data))
	if err != nil {
		return 0, err
	}
	var number int
	var oldClasses, oldSpec string
	var datasetID, modelID int
	err = tx.QueryRow(ctx, `SELECT id, dataset, model, classes, spec FROM evaluations WHERE slug = ?`, id).
		Scan(&number, &datasetID, &modelID, &oldClasses, &oldSpec)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	if err == nil {
		if datasetID != data.ID || modelID != model.ID {
			return 0, fmt.Errorf("the id %s is taken by another pair of dataset and model whose names differ in signs only: import or add one of them again under another --name", id)
		}
		settings := oldClasses == classes && SameSettings([]byte(oldSpec), model.Spec)
		if err := db.dropOutdated(ctx, tx, id, number, settings, p.LabelClass); err != nil {
			return 0, err
		}
		_, err = tx.Exec(ctx, `UPDATE evaluations SET job = ?, state = ?, classes = ?, splits = ?, spec = ?, matching = ?, finished = NULL WHERE id = ?`,
			p.Job, EvaluationRunning, classes, splits, string(model.Spec), string(p.Matching), number)
	} else {
		err = tx.QueryRow(ctx, `INSERT INTO evaluations SELECT nextval('evaluation_ids'), ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, NULL RETURNING id`,
			id, data.ID, model.ID, p.Job, EvaluationRunning, classes, splits, string(model.Spec), string(p.Matching), time.Now()).Scan(&number)
	}
	if err != nil {
		return 0, err
	}
	return number, putLabelClasses(ctx, tx, number, data.ID, p.LabelClass)
}

func namesJSON(classes, splits []string) (string, string, error) {
	c, err := json.Marshal(classes)
	if err != nil {
		return "", "", err
	}
	s, err := json.Marshal(splits)
	return string(c), string(s), err
}

// splitNames lists the splits of a dataset; code 0 of a score block is "none".
func splitNames(d *catalog.Dataset) []string {
	names := []string{}
	for _, s := range d.Splits {
		names = append(names, s.Name)
	}
	return names
}

func putLabelClasses(ctx context.Context, tx *workspace.Tx, number, datasetID int, classOf map[string]int) error {
	if _, err := tx.Exec(ctx, `DELETE FROM evaluation_labels WHERE evaluation = ?`, number); err != nil {
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
	_, err := tx.Exec(ctx, `INSERT INTO evaluation_labels SELECT ?, l.label, m.class
		FROM (SELECT unnest(?::VARCHAR[]) AS name, unnest(?::INTEGER[]) AS class) m
		JOIN labels l ON l.name = m.name AND l.dataset = ?`, number, names, classes, datasetID)
	return err
}

// withoutPrediction lists the samples in use that an evaluation has no prediction of, and
// notes how many it is to have in all. A prediction whose sample has gone from the
// dataset is not touched.
func withoutPrediction(ctx context.Context, tx *workspace.Tx, number, datasetID int) ([]int64, error) {
	missing, err := workspace.QueryAll[int64](ctx, tx, `SELECT id FROM samples
		WHERE dataset = ? AND problem = '' AND NOT gone
			AND id NOT IN (SELECT sample FROM predictions WHERE evaluation = ?)
		ORDER BY id`, datasetID, number)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `UPDATE evaluations SET planned = ? + (SELECT count(*) FROM predictions WHERE evaluation = ?) WHERE id = ?`, len(missing), number, number)
	return missing, err
}

// FinishEvaluation marks the evaluation as complete.
func (db *Store) FinishEvaluation(ctx context.Context, id string) error {
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		tx.OnCommit(func() { db.known.forget(id) })
		number, err := Number(ctx, tx, id)
		if err == nil {
			err = putOrder(ctx, tx, number)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE evaluations SET state = ?, finished = ? WHERE slug = ?`, EvaluationDone, time.Now(), id)
		return err
	})
}

// Evaluation returns one evaluation, or an error that is ErrNotFound. Its lists are
// shared: they must not be changed.
func (db *Store) Evaluation(ctx context.Context, id string) (*Evaluation, error) {
	e, known, changes := db.known.get(id)
	if known {
		return &e, nil
	}
	list, err := db.evaluations(ctx, `WHERE e.slug = ?`, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("evaluation %q: %w; make it with `sightline evaluate DATASET MODEL`", id, workspace.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	db.known.keep(list[0], changes)
	return &list[0], nil
}

// EvaluationsAfter lists evaluations, newest first: at most limit of those that come after a place.
func (db *Store) EvaluationsAfter(ctx context.Context, place workspace.Place, limit int) ([]workspace.Place, error) {
	clauses, args := place.Following("created", "slug", limit)
	rows, err := db.ws.Query(ctx, `SELECT created, slug FROM evaluations`+clauses, args...)
	if err != nil {
		return nil, fmt.Errorf("listing evaluations: %w", err)
	}
	defer rows.Close()
	list := []workspace.Place{}
	for rows.Next() {
		var p workspace.Place
		if err := rows.Scan(&p.Created, &p.ID); err != nil {
			return nil, fmt.Errorf("listing evaluations: %w", err)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// OnDataset lists the evaluations of a dataset, newest first.
func (db *Store) OnDataset(ctx context.Context, dataset string) ([]Evaluation, error) {
	return db.evaluations(ctx, `WHERE d.name = ? ORDER BY e.created DESC, e.slug`, dataset)
}

func (db *Store) evaluations(ctx context.Context, rest string, args ...any) ([]Evaluation, error) {
	rows, err := db.ws.Query(ctx, `SELECT e.id, e.slug, e.dataset, d.name, m.name, e.job, e.state, e.classes, e.splits, e.spec, e.matching,
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

// Count says how many evaluations there are.
func (db *Store) Count(ctx context.Context) (n int, err error) {
	err = db.ws.QueryRow(ctx, `SELECT count(*) FROM evaluations`).Scan(&n)
	if err != nil {
		err = fmt.Errorf("counting evaluations: %w", err)
	}
	return n, err
}

// OfModel counts the evaluations of a model; it is a catalog.Counter.
func OfModel(ctx context.Context, tx *workspace.Tx, model int) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM evaluations WHERE model = ?`, model).Scan(&n)
	return n, err
}

// Number is the key of an evaluation in the tables.
func Number(ctx context.Context, r workspace.Reader, id string) (number int, err error) {
	err = r.QueryRow(ctx, `SELECT id FROM evaluations WHERE slug = ?`, id).Scan(&number)
	if err != nil {
		err = fmt.Errorf("evaluation %q: %w (%v)", id, workspace.ErrNotFound, err)
	}
	return number, err
}

// MadeBy is the job that the newest predictions of an evaluation come from: another than its
// last job, if that found nothing to do.
func (db *Store) MadeBy(ctx context.Context, e *Evaluation) (job string, err error) {
	err = db.ws.QueryRow(ctx, `SELECT job FROM blocks WHERE evaluation = ? ORDER BY created DESC, chunk DESC LIMIT 1`, e.number).Scan(&job)
	if errors.Is(err, sql.ErrNoRows) {
		return e.Job, nil
	}
	if err != nil {
		err = fmt.Errorf("find the job that predicted %s: %w", e.ID, err)
	}
	return job, err
}

// Job is the job that an evaluation's predictions come from, in a transaction.
func Job(ctx context.Context, tx *workspace.Tx, evaluation string) (job string, err error) {
	err = tx.QueryRow(ctx, `SELECT job FROM evaluations WHERE slug = ?`, evaluation).Scan(&job)
	if err != nil {
		err = fmt.Errorf("find the evaluation %s: %w", evaluation, err)
	}
	return job, err
}
