package route

import (
	"errors"

	"github.com/sightline/sightline/workspace"
)

// PageQuery asks for a page of a list. A page begins after an entry, not at a
// number: what is added or removed meanwhile neither repeats nor skips others.
type PageQuery struct {
	After string `query:"after" doc:"What the page before called next; left out for the first page"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"1000" doc:"Entries to return at most"`
}

// Place is where the page begins in a list that has the newest first.
func (q *PageQuery) Place() (workspace.Place, error) {
	p, err := workspace.ParsePlace(q.After)
	if err != nil {
		err = BadRequest(err)
	}
	return p, err
}

// Paged reads the entries of a page one after the other, so that no more than
// one is held whole: models and evaluations may have 100,000 classes. There is
// one key more than limit where more follow; mark writes a key as a place in the
// list. An entry that was removed in between is left out.
func Paged[K, T any](keys []K, limit int, mark func(K) string, read func(K) (T, error)) (list []T, next string, err error) {
	if len(keys) > limit {
		keys = keys[:limit]
		next = mark(keys[limit-1])
	}
	list = make([]T, 0, len(keys))
	for _, key := range keys {
		entry, err := read(key)
		if errors.Is(err, workspace.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		list = append(list, entry)
	}
	return list, next, nil
}

// ByName is the mark of a list by name.
func ByName(name string) string { return name }
