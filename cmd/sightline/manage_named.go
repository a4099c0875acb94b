package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// removeTag takes a tag, called DATASET/TAG, from all samples: it can be undone, so nothing is asked.
func (s *session) removeTag(ctx context.Context, name string) error {
	dataset, tag, err := withinDataset(kindTag, name)
	if err != nil {
		return err
	}
	done, err := s.RemoveTag(ctx, dataset, tag)
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(done)
	}
	fmt.Fprintf(s.call.stdout, "removed the tag %s from %s; sightline tag %s --undo brings it back\n", tag, plural(done.Changed, "image"), dataset)
	return nil
}

func (s *session) renameTag(ctx context.Context, name, to string) (any, error) {
	dataset, tag, err := withinDataset(kindTag, name)
	if err != nil {
		return nil, err
	}
	return map[string]string{"dataset": dataset, "name": to}, s.RenameTag(ctx, dataset, tag, to)
}

// removeSlice forgets a saved slice, called DATASET/NAME: nothing goes with it, so nothing is asked.
func (s *session) removeSlice(ctx context.Context, name string) error {
	dataset, saved, err := withinDataset(kindSlice, name)
	if err != nil {
		return err
	}
	if err := s.RemoveSlice(ctx, dataset, saved); err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(map[string]string{"dataset": dataset, "name": saved})
	}
	fmt.Fprintf(s.call.stdout, "removed the saved slice %s of %s\n", saved, dataset)
	return nil
}

func (s *session) renameSlice(ctx context.Context, name, to string) (any, error) {
	dataset, saved, err := withinDataset(kindSlice, name)
	if err != nil {
		return nil, err
	}
	return map[string]string{"dataset": dataset, "name": to}, s.RenameSlice(ctx, dataset, saved, to)
}

// withinDataset takes the name of a thing of a dataset apart: DATASET/NAME.
func withinDataset(kind, name string) (dataset, own string, err error) {
	dataset, own, ok := strings.Cut(name, "/")
	if !ok {
		return "", "", usageError{fmt.Sprintf("%q is no %[2]s: a %[2]s is called DATASET/%[3]s", name, kind, map[string]string{kindTag: "TAG", kindSlice: "NAME"}[kind])}
	}
	return dataset, own, nil
}

// slicesOfAll are the saved slices of all datasets, as they are called: DATASET/NAME.
func slicesOfAll(c *call, _ []string, _ string) (list []cobra.Completion, _ cobra.ShellCompDirective) {
	for _, dataset := range c.names().Datasets {
		for _, one := range c.savedSlices([]string{dataset}) {
			list = append(list, dataset+"/"+one.Name)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}
