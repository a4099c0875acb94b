package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/jobs/bus"
)

func natsAccountsVerb() verb {
	return verb{name: "nats-accounts", group: groupServe, summary: "Print the users of a NATS server for this workspace, with their permissions",
		about: `What is printed is part of nats-server's configuration. The secrets of the two users are
written to --out: server.seed is for ` + "`sightline serve --nats-creds`" + `, worker.seed for
` + "`sightline worker --nats-creds`" + `. A worker's can pull chunks, ask the server and send
results of this workspace, and nothing else.`,
		examples: []string{"sightline nats-accounts --out secrets"}, define: func(flags *pflag.FlagSet) action {
			out := flags.String("out", "", "`FOLDER` for the secrets; made if it is not there (default: the current one)")
			return func(ctx context.Context, c *call) error {
				return withSession(ctx, c, func(s *session) error {
					list, err := s.Workers(ctx)
					if err != nil {
						return err
					}
					return c.printAccounts(list.WorkspaceID, *out)
				})
			}
		}}
}

func (c *call) printAccounts(workspace, dir string) error {
	if err := os.MkdirAll(filepath.Join(".", dir), 0o700); err != nil {
		return err
	}
	var users []bus.User
	files := map[string]string{}
	for _, role := range []bus.Role{bus.Server, bus.Worker} {
		u, err := bus.NewUser(role)
		if err != nil {
			return err
		}
		file := filepath.Join(dir, string(role)+".seed")
		out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if os.IsExist(err) {
			return fmt.Errorf("%s is there already: it may be in use; remove it, or name another folder with --out", file)
		}
		if err == nil {
			_, err = fmt.Fprintln(out, u.Seed)
		}
		if err != nil {
			return fmt.Errorf("write a secret: %w", err)
		}
		if err := out.Close(); err != nil {
			return fmt.Errorf("write a secret: %w", err)
		}
		users, files[string(role)] = append(users, u), file
	}
	template := bus.Template(workspace, users...)
	if c.json {
		return c.document(map[string]any{"workspace_id": workspace, "configuration": template, "files": files})
	}
	fmt.Fprint(c.stdout, template)
	fmt.Fprintf(c.stderr, "secrets: %s for the server, %s for workers\n", files["server"], files["worker"])
	return nil
}
