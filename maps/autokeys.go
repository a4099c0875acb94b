package maps

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

//go:embed autokeys.sql
var autoKeys string

// tellChoices makes facts of what auto had chosen in maps of before version 5: the choice itself,
// and the check by random weights of the chosen method. Interrupted, it is done again.
func (db *Store) tellChoices(ctx context.Context, r *results.Store) error {
	type choice struct{ evaluation, method, reason string }
	var told []choice
	rows, err := db.ws.Query(ctx, `SELECT e.slug, c.method, c.reason FROM auto_choices c JOIN evaluations e ON e.id = c.evaluation`)
	if err != nil {
		return fmt.Errorf("reading which methods were chosen: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c choice
		if err := rows.Scan(&c.evaluation, &c.method, &c.reason); err != nil {
			return err
		}
		told = append(told, c)
	}
	if err := rows.Err(); err != nil || len(told) == 0 {
		return err
	}
	for _, c := range told {
		if err := tellChoice(ctx, r, c.evaluation, c.method, c.reason); err != nil {
			return err
		}
	}
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM auto_choices`)
		return err
	})
}

func tellChoice(ctx context.Context, r *results.Store, evaluation, method, reason string) error {
	content, err := json.Marshal(map[string]any{"rule": 1, "method": method, "reason": reason})
	if err == nil {
		err = r.PutFact(ctx, evaluation, "auto", content)
	}
	if err != nil {
		return err
	}
	const check = "randomisation auto~"
	old, err := r.Facts(ctx, evaluation, check)
	if err != nil {
		return err
	}
	for _, fact := range old {
		name := "randomisation " + method + "~" + strings.TrimPrefix(fact.Name, check)
		if known, err := r.Facts(ctx, evaluation, name); err != nil || len(known) > 0 {
			if err != nil {
				return err
			}
			continue
		}
		named := strings.Replace(string(fact.Content), `"method":"auto"`, `"method":"`+method+`"`, 1)
		if err := r.PutFact(ctx, evaluation, name, json.RawMessage(named)); err != nil {
			return err
		}
	}
	return nil
}
