package trials

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// Plan says what a stage tries. Content belongs to whoever plans.
type Plan struct {
	Stage    string
	Job      string // that makes the trials
	Content  json.RawMessage
	Finished bool // all of its trials were made, or given up
}

// Plan returns the plan of a stage of an evaluation; ok is false if there is none.
func (db *Store) Plan(ctx context.Context, evaluation, stage string) (p Plan, ok bool, err error) {
	p.Stage = stage
	var content string
	err = db.ws.QueryRow(ctx, `SELECT p.job, p.content, p.finished FROM trial_plans p JOIN evaluations e ON e.id = p.evaluation
		WHERE e.slug = ? AND p.stage = ?`, evaluation, stage).Scan(&p.Job, &content, &p.Finished)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("reading the plan of trials of %s: %w", evaluation, err)
	}
	p.Content = json.RawMessage(content)
	return p, true, nil
}

// PutPlan makes p the plan of its stage. The trials that the former plan of the stage led
// to stay if its content is the same, else they go, and with them the later stages', which
// follow from them.
func (db *Store) PutPlan(ctx context.Context, evaluation string, p Plan, later ...string) error {
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error {
		number, err := results.Number(ctx, tx, evaluation)
		if err != nil {
			return err
		}
		former, err := workspace.QueryAll[string](ctx, tx, `SELECT content FROM trial_plans WHERE evaluation = ? AND stage = ?`, number, p.Stage)
		if err != nil {
			return err
		}
		gone := append([]string{p.Stage}, later...)
		if slices.Contains(former, string(p.Content)) {
			gone = nil
		}
		for _, stage := range gone {
			for _, table := range []string{"trials", "trial_plans"} {
				if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE evaluation = ? AND stage = ?`, number, stage); err != nil {
					return err
				}
			}
		}
		if _, err := tx.Exec(ctx, `DELETE FROM trial_plans WHERE evaluation = ? AND stage = ?`, number, p.Stage); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO trial_plans VALUES (?, ?, ?, ?, false, ?)`, number, p.Stage, p.Job, string(p.Content), time.Now())
		return err
	})
	if err != nil {
		return fmt.Errorf("storing the plan of trials of %s: %w", evaluation, err)
	}
	return nil
}

// Finish notes that nothing is left to do of a stage's plan.
func (db *Store) Finish(ctx context.Context, evaluation, stage, job string) error {
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		number, err := results.Number(ctx, tx, evaluation)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE trial_plans SET finished = true WHERE evaluation = ? AND stage = ? AND job = ?`, number, stage, job)
		return err
	})
}
