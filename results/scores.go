package results

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/results/scoreblock"
)

// classScores is one class's score of every prediction of an evaluation.
type classScores struct {
	samples []int64
	truth   []int32 // class, -1 without one
	split   []int32 // index into the evaluation's splits, -1 without one
	score   []float32
}

// newScores gives SQL the function class_score(key): one row (sample, score) per prediction,
// from the score blocks. It keeps the last few classes looked at: 20 bytes a sample each.
func newScores() *published[*classScores] {
	return &published[*classScores]{name: "class_score", most: 4, columns: []column{{"sample", duckdb.TYPE_BIGINT}, {"score", duckdb.TYPE_FLOAT}}}
}

func (s *classScores) count() int { return len(s.samples) }

func (s *classScores) put(chunk duckdb.DataChunk, at, row int) error {
	if err := duckdb.SetChunkValue(chunk, 0, at, s.samples[row]); err != nil {
		return err
	}
	return duckdb.SetChunkValue(chunk, 1, at, s.score[row])
}

// forgetScores drops the kept classes of an evaluation whose predictions change.
func (db *Store) forgetScores(evaluation string) {
	db.scores.forget(func(key string) bool { return strings.HasPrefix(key, evaluation+"/") })
}

// classScores reads one class's column from the blocks of an evaluation.
func (db *Store) classScores(ctx context.Context, e *Evaluation, class int) (*classScores, error) {
	if class < 0 || class >= len(e.Classes) {
		return nil, fmt.Errorf("class %d: the classes of %s are 0 to %d", class, e.ID, len(e.Classes)-1)
	}
	files, err := db.blockFiles(ctx, e)
	if err != nil {
		return nil, err
	}
	key := e.ID + "/" + strconv.Itoa(class) + "/" + strconv.Itoa(len(files))
	if s, ok := db.scores.get(key); ok {
		return s, nil
	}
	s := &classScores{}
	for _, name := range files {
		if err := s.read(db.ws.Path(name), class); err != nil {
			return nil, fmt.Errorf("reading the scores of %s: %w", e.ID, err)
		}
	}
	db.scores.keep(key, s)
	return s, nil
}

func (s *classScores) read(path string, class int) error {
	b, err := scoreblock.Open(path)
	if err != nil {
		return err
	}
	defer b.Close()
	ids, err := b.Samples()
	if err != nil {
		return err
	}
	truth, err := b.Truth()
	if err != nil {
		return err
	}
	split, err := b.Splits()
	if err != nil {
		return err
	}
	norm, err := b.Norms()
	if err != nil {
		return err
	}
	values, err := b.Column(class)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if truth[i] == scoreblock.Unpredicted {
			continue
		}
		s.samples, s.truth, s.split = append(s.samples, id), append(s.truth, truth[i]), append(s.split, split[i])
		s.score = append(s.score, b.Kind.Score(values[i], norm[i]))
	}
	return nil
}

// publishScores makes the table function class_score find one class's scores
// and returns the key to call it with, until release.
func (db *Store) publishScores(ctx context.Context, e *Evaluation, class int) (key string, release func(), err error) {
	s, err := db.classScores(ctx, e, class)
	if err != nil {
		return "", nil, err
	}
	key, release = db.scores.publish(s)
	return key, release, nil
}
