// Package backups is the API's resource of the workspace as one file.
package backups

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os/exec"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/backup"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/workspace"
)

// Resource writes backups of a workspace. Program copies files when it is called with
// backup.CopyArgument, FROM and TO.
type Resource struct {
	Workspace *workspace.Workspace
	Program   string
	Log       *slog.Logger
}

// Register puts the route in place; the resource is filled in before it is asked.
func (b *Resource) Register(a huma.API) {
	route.Raw(a, "GET /api/backup", "get-backup", "The workspace as it is now, as one file", "application/x-tar",
		"A tar archive; its last entry, SHA256SUMS, lists the others. Without it the backup is not complete", b.get)
}

func (b *Resource) get(context.Context, *route.None) (http.HandlerFunc, error) {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-tar")
		w.Header().Set("Cache-Control", "no-store")
		if _, err := backup.Write(r.Context(), b.Workspace, b.copyFile, w); err != nil {
			b.Log.Error("a backup was not completed", "err", err)
			panic(http.ErrAbortHandler) // the client must not take what it has for the whole
		}
	}, nil
}

// copyFile copies a file in another process.
func (b *Resource) copyFile(ctx context.Context, from, to string) error {
	said, err := exec.CommandContext(ctx, b.Program, backup.CopyArgument, from, to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(said)))
	}
	return nil
}
