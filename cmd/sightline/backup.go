package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/backup"
)

func backupVerb() verb {
	return verb{name: "backup", group: groupServe, args: []argument{{name: "FILE", is: "the file to write, or - for standard output"}},
		summary: "Write the workspace into one file, while it is served or not",
		about: `The file is of one moment: what jobs store meanwhile is not in it. It holds the database,
scores, maps and thumbnails, with a SHA-256 of each file. Images and models are not in it:
they stay where they are. ` + "`sightline restore`" + ` makes a workspace of it.`,
		examples: []string{"sightline backup monday.tar"}, define: func(*pflag.FlagSet) action {
			return func(ctx context.Context, c *call) error {
				return withSession(ctx, c, func(s *session) error { return s.backup(ctx, c.args[0]) })
			}
		}}
}

// backup writes a backup beside its place, checks that all of it came, and moves it there.
func (s *session) backup(ctx context.Context, file string) error {
	if file == "-" {
		_, err := s.checkedBackup(ctx, s.call.stdout)
		return err
	}
	part := file + ".part"
	out, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(part) // where it still has that name
	r, err := s.checkedBackup(ctx, out)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Rename(part, file)
	}
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(map[string]any{"file": file, "files": r.Files, "bytes": r.Bytes})
	}
	fmt.Fprintf(s.call.stdout, "%s: %d files, %d bytes\n", file, r.Files, r.Bytes)
	fmt.Fprintln(s.call.stdout, "Images and models are not in it: keep their folders, too (`sightline list` shows them).")
	return nil
}

// checkedBackup has the server write a backup to out, and reads along.
func (s *session) checkedBackup(ctx context.Context, out io.Writer) (r backup.Report, err error) {
	along, to := io.Pipe()
	checked := make(chan error, 1)
	go func() {
		var err error
		r, err = backup.Check(along)
		_, rest := io.Copy(io.Discard, along)
		checked <- errors.Join(err, rest)
	}()
	err = s.Backup(ctx, io.MultiWriter(out, to))
	to.CloseWithError(err)
	if bad := <-checked; err == nil {
		err = bad
	}
	return r, err
}

func restoreVerb() verb {
	return verb{name: "restore", group: groupServe, args: []argument{{name: "FILE", is: "a backup, or - for standard input"}},
		summary: "Make a workspace of a backup, in a new folder",
		about: `--workspace names the folder, which must not be there yet: nothing is overwritten. It
appears when every file has arrived with the SHA-256 that it was written with.`,
		examples: []string{"sightline restore monday.tar --workspace again"}, define: func(*pflag.FlagSet) action {
			return func(_ context.Context, c *call) error { return c.restore(c.args[0]) }
		}}
}

func (c *call) restore(file string) error {
	in := io.Reader(os.Stdin)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	r, err := backup.Restore(in, c.workspace)
	if err != nil {
		return err
	}
	if c.json {
		return c.document(map[string]any{"workspace": c.workspace, "files": r.Files, "bytes": r.Bytes})
	}
	fmt.Fprintf(c.stdout, "%s: %d files, %d bytes\n", c.workspace, r.Files, r.Bytes)
	return nil
}

// copyVerb is what a server starts to copy its database; nobody types it.
func copyVerb() verb {
	return verb{name: backup.CopyArgument, args: []argument{{name: "FROM"}, {name: "TO"}}, summary: "Copy a file of a server (started by it)", define: func(*pflag.FlagSet) action {
		return func(_ context.Context, c *call) error {
			in, err := os.Open(c.args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			out, err := os.OpenFile(c.args[1], os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return err
			}
			_, err = io.Copy(out, in)
			return errors.Join(err, out.Close())
		}
	}}
}
