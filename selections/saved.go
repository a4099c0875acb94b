package selections

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// Saved is a slice with a name.
type Saved struct {
	Name       string
	Slice      string // the canonical text, with the names of classes; of a fixed one what it was then
	Evaluation string // that it was saved on, by its name then
	Set        *Set   // the samples of a fixed one
	Author     string
	Created    time.Time
}

// Saving asks for a name for a slice of an evaluation.
type Saving struct {
	Name    string
	Slice   slice.Slice
	Fixed   bool // keep the samples that it selects now, not the text
	Replace bool // take the place of what has the name
	Author  string
}

// Text is how the slice is selected.
func (s Saved) Text() slice.Slice { return slice.Equal("saved", slice.Named(s.Name)) }

// Save keeps a slice of an evaluation under a name of its dataset. It is catalog.ErrTaken where there is one
// of that name, unless it is to be replaced.
func (db *Store) Save(ctx context.Context, evaluation string, r Saving) (Saved, error) {
	s := Saved{Name: r.Name, Author: r.Author, Created: time.Now().UTC().Truncate(time.Microsecond)}
	if err := checkName(s.Name); err != nil {
		return s, err
	}
	e, err := db.results.Evaluation(ctx, evaluation)
	if err != nil {
		return s, err
	}
	of, err := db.results.Resolve(ctx, e, r.Slice)
	if err != nil {
		return s, err
	}
	s.Slice, s.Evaluation = of.Named(e.Classes).String(), e.ID
	if s.Slice == "" && !r.Fixed {
		return s, &slice.Mistake{Name: "slice", Message: "is empty: there is no need to save all samples, unless they are to be fixed"}
	}
	if r.Fixed {
		set, err := db.Keep(ctx, evaluation, of, nil)
		if err != nil {
			return s, err
		}
		s.Set = &set
	} else if err := db.tried(ctx, evaluation, s); err != nil {
		return s, err
	}
	err = db.ws.Update(ctx, func(tx *workspace.Tx) error { return db.put(ctx, tx, e.Dataset, s, r.Replace) })
	if err != nil {
		return s, fmt.Errorf("saving the slice %s of %s: %w", s.Name, e.Dataset, err)
	}
	return s, nil
}

// tried refuses a slice that cannot be evaluated: because something it names is not there, or because
// it would be made of itself.
func (db *Store) tried(ctx context.Context, evaluation string, s Saved) error {
	of := slice.MustParse(s.Slice)
	_, _, release, err := db.results.Selection(context.WithValue(ctx, opened{}, []string{s.Name}), evaluation, of)
	if err == nil {
		release()
	}
	return err
}

func (db *Store) put(ctx context.Context, tx *workspace.Tx, dataset string, s Saved, replace bool) error {
	id, err := catalog.DatasetID(ctx, tx, dataset)
	if err != nil {
		return err
	}
	list, err := read(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := bounded(list, s); err != nil { // here, where nobody else saves at the same time
		return err
	}
	if taken(list, s.Name) {
		if !replace {
			return fmt.Errorf("%w: there is a saved slice %q already", catalog.ErrTaken, s.Name)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM saved_slices WHERE dataset = ? AND name = ?`, id, s.Name); err != nil {
			return err
		}
	}
	var set any
	if s.Set != nil {
		set = s.Set.ID
	}
	_, err = tx.Exec(ctx, `INSERT INTO saved_slices VALUES (?, ?, ?, ?, ?, ?, ?)`, id, s.Name, s.Slice, s.Evaluation, set, s.Author, s.Created)
	return err
}

// mostWithin is how many slices a saved one may be made of, each counted as often as it is named: they are evaluated as often.
const mostWithin = 64

// bounded refuses a slice that, saved among those of the list, would be made of itself or of too many.
func bounded(list []Saved, s Saved) error {
	left := mostWithin
	list = append(slices.DeleteFunc(slices.Clone(list), func(o Saved) bool { return o.Name == s.Name }), s)
	var walk func(of Saved) error
	walk = func(of Saved) error {
		for _, other := range list {
			if of.Set != nil || !slice.MustParse(of.Slice).Names("saved", other.Name) {
				continue
			}
			left--
			switch {
			case other.Name == s.Name:
				return &slice.Mistake{Name: "saved", Message: fmt.Sprintf("is made of itself: %s names %s", of.Name, s.Name)}
			case left < 0:
				return &slice.Mistake{Name: "saved", Message: fmt.Sprintf("is made of more than %d slices: save one of them with --fixed", mostWithin)}
			}
			if err := walk(other); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(s)
}

func taken(list []Saved, name string) bool {
	return slices.ContainsFunc(list, func(s Saved) bool { return s.Name == name })
}

// List lists the saved slices of a dataset by name.
func (db *Store) List(ctx context.Context, dataset string) ([]Saved, error) {
	id, err := catalog.DatasetID(ctx, db.ws, dataset)
	if err != nil {
		return nil, err
	}
	return read(ctx, db.ws, id)
}

func read(ctx context.Context, r workspace.Reader, dataset int) ([]Saved, error) {
	rows, err := r.Query(ctx, `SELECT name, slice, evaluation, coalesce(set_id, ''), author, created FROM saved_slices WHERE dataset = ? ORDER BY name`, dataset)
	if err != nil {
		return nil, fmt.Errorf("listing the saved slices: %w", err)
	}
	defer rows.Close()
	var list []Saved
	var fixed []string
	for rows.Next() {
		var s Saved
		var set string
		if err := rows.Scan(&s.Name, &s.Slice, &s.Evaluation, &set, &s.Author, &s.Created); err != nil {
			return nil, fmt.Errorf("listing the saved slices: %w", err)
		}
		if set != "" {
			s.Set, fixed = &Set{ID: set}, append(fixed, set)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil || len(fixed) == 0 {
		return list, err
	}
	found, err := sets(ctx, r, dataset, fixed...)
	for i := range list {
		if set := list[i].Set; set != nil {
			*set = found[set.ID]
		}
	}
	return list, err
}

// Rename gives a saved slice another name, also where others are made of it.
func (db *Store) Rename(ctx context.Context, dataset, name, to string) error {
	if err := checkName(to); err != nil {
		return err
	}
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error {
		id, list, err := db.having(ctx, tx, dataset, name)
		if err != nil {
			return err
		}
		if taken(list, to) {
			return fmt.Errorf("%w: there is a saved slice %q already", catalog.ErrTaken, to)
		}
		for _, s := range list {
			text := s.Slice
			if s.Set == nil && names(text, name) { // of a fixed one it says what was then
				text = renamed(text, name, to)
			}
			now := s.Name
			if now == name {
				now = to
			}
			if _, err := tx.Exec(ctx, `UPDATE saved_slices SET name = ?, slice = ? WHERE dataset = ? AND name = ?`, now, text, id, s.Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("renaming the saved slice %s of %s: %w", name, dataset, err)
	}
	return nil
}

// Remove forgets a saved slice. It is catalog.ErrInUse where another is made of it.
func (db *Store) Remove(ctx context.Context, dataset, name string) error {
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error {
		id, list, err := db.having(ctx, tx, dataset, name)
		if err != nil {
			return err
		}
		if by := madeOf(list, name); len(by) > 0 {
			return fmt.Errorf("%w: of it are made the saved slices %s; remove those first", catalog.ErrInUse, slice.ShortList(by))
		}
		_, err = tx.Exec(ctx, `DELETE FROM saved_slices WHERE dataset = ? AND name = ?`, id, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("removing the saved slice %s of %s: %w", name, dataset, err)
	}
	return nil
}

// having lists the saved slices of a dataset, which must have one of a name.
func (db *Store) having(ctx context.Context, tx *workspace.Tx, dataset, name string) (id int, list []Saved, err error) {
	if id, err = catalog.DatasetID(ctx, tx, dataset); err != nil {
		return 0, nil, err
	}
	if list, err = read(ctx, tx, id); err != nil {
		return 0, nil, err
	}
	if !taken(list, name) {
		known := make([]string, len(list))
		for i, s := range list {
			known[i] = s.Name
		}
		more := "the dataset has none"
		if len(known) > 0 {
			more = "there are " + slice.ShortList(known)
		}
		return 0, nil, fmt.Errorf("%w; %s", workspace.ErrNotFound, more)
	}
	return id, list, nil
}

// madeOf lists the saved slices whose text names another.
func madeOf(list []Saved, name string) (by []string) {
	for _, s := range list {
		if s.Set == nil && names(s.Slice, name) {
			by = append(by, s.Name)
		}
	}
	return by
}

// names tells whether a text names a saved slice.
func names(text, name string) bool { return mentions(text, "saved", name) }

func mentions(text, criterion, word string) bool {
	of, err := slice.Parse(text)
	return err == nil && of.Names(criterion, word)
}

// Using lists the live slices of a dataset that name a word, such as a tag.
func (db *Store) Using(ctx context.Context, dataset, criterion, word string) (by []string, err error) {
	list, err := db.List(ctx, dataset)
	for _, s := range list {
		if s.Set == nil && mentions(s.Slice, criterion, word) {
			by = append(by, s.Name)
		}
	}
	return by, err
}

// Reword has the live slices of a dataset name another word, such as a tag that was renamed.
func (db *Store) Reword(ctx context.Context, dataset, criterion, from, to string) error {
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		id, err := catalog.DatasetID(ctx, tx, dataset)
		if err != nil {
			return err
		}
		list, err := read(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, s := range list {
			if s.Set != nil || !mentions(s.Slice, criterion, from) {
				continue
			}
			text := slice.MustParse(s.Slice).Renamed(criterion, from, to).String()
			if _, err := tx.Exec(ctx, `UPDATE saved_slices SET slice = ? WHERE dataset = ? AND name = ?`, text, id, s.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

// Renamed has all saved slices name evaluations, as part of tx, by the ids that they have now; now has these by the
// former ones.
func (db *Store) Renamed(ctx context.Context, tx *workspace.Tx, now map[string]string) error {
	datasets, err := workspace.QueryAll[int](ctx, tx, `SELECT DISTINCT dataset FROM saved_slices`)
	if err != nil {
		return fmt.Errorf("listing the saved slices: %w", err)
	}
	for _, dataset := range datasets {
		list, err := read(ctx, tx, dataset)
		if err != nil {
			return err
		}
		for _, s := range list {
			of, err := slice.Parse(s.Slice)
			if err != nil {
				continue // of a version that had other criteria: it says so when it is asked for
			}
			text, on := of.Moved(now).String(), s.Evaluation
			if to, ok := now[on]; ok {
				on = to
			}
			if text == s.Slice && on == s.Evaluation {
				continue
			}
			if _, err := tx.Exec(ctx, `UPDATE saved_slices SET slice = ?, evaluation = ? WHERE dataset = ? AND name = ?`, text, on, dataset, s.Name); err != nil {
				return fmt.Errorf("renaming evaluations in the slice %s: %w", s.Name, err)
			}
		}
	}
	return nil
}

// renamed is a text with another name of a saved slice.
func renamed(text, name, to string) string {
	return slice.MustParse(text).Renamed("saved", name, to).String()
}
