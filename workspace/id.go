package workspace

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// Ping asks the database for nothing: it answers, or it does not.
func (w *Workspace) Ping(ctx context.Context) error {
	var one int
	return w.QueryRow(ctx, `SELECT 1`).Scan(&one)
}

// ID is a random name of the workspace, made when it is first asked for, or anew where renew is
// set: a copy of the folder has the same one. It tells workspaces apart that share a queue.
func (w *Workspace) ID(ctx context.Context, renew bool) (id string, err error) {
	if list, err := QueryAll[string](ctx, w, `SELECT value FROM meta WHERE key = 'workspace_id'`); err == nil && len(list) > 0 && !renew {
		return list[0], nil
	}
	err = w.Update(ctx, func(tx *Tx) error {
		list, err := QueryAll[string](ctx, tx, `SELECT value FROM meta WHERE key = 'workspace_id'`)
		if err != nil {
			return err
		}
		if len(list) > 0 && !renew {
			id = list[0]
			return nil
		}
		var random [8]byte
		rand.Read(random[:]) // never fails since Go 1.24
		id = hex.EncodeToString(random[:])
		if _, err := tx.Exec(ctx, `DELETE FROM meta WHERE key = 'workspace_id'`); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO meta VALUES ('workspace_id', ?)`, id)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("the workspace's id: %w", err)
	}
	return id, nil
}
