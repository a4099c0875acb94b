package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func jobsListVerb() verb {
	return verb{name: "jobs list", group: groupServe, summary: "List the jobs of the workspace", examples: []string{"sightline jobs list"}, define: func(*pflag.FlagSet) action {
		return func(ctx context.Context, c *call) error {
			return withSession(ctx, c, func(s *session) error {
				jobs, err := s.Jobs(ctx)
				if err != nil {
					return err
				}
				if c.json {
					return c.document(api.JobList{Jobs: jobs})
				}
				printJobs(c, jobs)
				return nil
			})
		}
	}}
}

func jobsCancelVerb() verb {
	return verb{name: "jobs cancel", group: groupServe, args: []argument{{name: "JOB", values: jobIDs}}, summary: "Stop a job; what it has done is kept",
		about: "`sightline jobs list` shows the jobs by their names.", examples: []string{"sightline jobs cancel $JOB"}, define: func(*pflag.FlagSet) action {
			return func(ctx context.Context, c *call) error {
				return withSession(ctx, c, func(s *session) error {
					job, err := s.Cancel(ctx, c.args[0])
					if err != nil {
						return err
					}
					return showJob(c, job)
				})
			}
		}}
}

func jobsResumeVerb() verb {
	return verb{name: "jobs resume", group: groupServe, args: []argument{{name: "JOB", values: jobIDs}}, summary: "Continue a job that stopped",
		about: "`sightline jobs list` shows the jobs by their names.", examples: []string{"sightline jobs resume $JOB"}, define: func(*pflag.FlagSet) action {
			return func(ctx context.Context, c *call) error {
				return withSession(ctx, c, func(s *session) error {
					job, err := s.Resume(ctx, c.args[0])
					if err != nil {
						return err
					}
					if job, err = s.follow(ctx, job); err != nil {
						return err
					}
					return showJob(c, job)
				})
			}
		}}
}

// withSession connects, does something, and ends the session.
func withSession(ctx context.Context, c *call, do func(*session) error) error {
	return withBudget(ctx, c, 0, do)
}

// withStored is withSession for a verb that works on what is stored, and leaves no empty workspace where nothing is.
func withStored(ctx context.Context, c *call, do func(*session) error) error {
	if err := c.haveWorkspace(); err != nil {
		return err
	}
	return withSession(ctx, c, do)
}

// withEvaluation is withStored for a verb whose first arguments are the dataset and the model of an evaluation.
func withEvaluation(ctx context.Context, c *call, do func(*session, api.Evaluation) error) error {
	return withStored(ctx, c, func(s *session) error {
		e, err := s.findEvaluation(ctx, c.args[0], c.args[1])
		if err != nil {
			return err
		}
		return do(s, e)
	})
}

// withBudget is withSession with a memory budget for the workers of a server that
// is started for the verb.
func withBudget(ctx context.Context, c *call, memory int64, do func(*session) error) error {
	s, err := c.connect(ctx, memory)
	if err != nil {
		return err
	}
	if s.own == nil && memory != 0 {
		fmt.Fprintln(c.stderr, "--memory is that of the running server: start it with `sightline serve --memory SIZE`")
	}
	defer s.Close()
	return do(s)
}

func showJob(c *call, job api.Job) error {
	if c.json {
		return c.document(job)
	}
	fmt.Fprintln(c.stdout, endLine(job))
	return nil
}

func printJobs(c *call, jobs []api.Job) {
	if len(jobs) == 0 {
		fmt.Fprintln(c.stdout, "no jobs yet")
		return
	}
	t := newTable("job", "state", "\tdone", "\tof", "created", "title")
	for _, j := range jobs {
		t.row(j.ID, j.State, j.Done, j.Items, j.Created.Local().Format(time.DateTime), j.Title)
	}
	t.write(c.stdout)
}
