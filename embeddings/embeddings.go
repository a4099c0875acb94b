// Package embeddings reads what the last layer of an evaluation's model was given, of each sample.
package embeddings

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/sightline/sightline/results/scoreblock"
)

// Table has those of the predicted samples of an evaluation, in files that are kept open.
type Table struct {
	IDs    []int64 // of samples, by row, ascending
	Labels []int32 // by row, -1 if unknown
	Dim    int     // values of each; 0 where the model has none
	Files  int     // that they are in

	places []embeddingPlace
	files  []*scoreblock.File
}

type embeddingPlace struct{ file, row int32 }

// Open opens those of the blocks of an evaluation (results.Store.Blocks). Whoever has them closes them.
func Open(blocks []string) (*Table, error) {
	found := &Table{Files: len(blocks)}
	for _, path := range blocks {
		if err := found.add(path); err != nil {
			return nil, errors.Join(fmt.Errorf("reading embeddings: %w", err), found.Close())
		}
	}
	found.sort()
	return found, nil
}

// add opens a block and lists its rows.
func (m *Table) add(path string) error {
	b, err := scoreblock.Open(path)
	if err != nil {
		return err
	}
	m.files = append(m.files, b)
	if len(m.files) > 1 && b.Embedding != m.Dim {
		return fmt.Errorf("%s has %d values, others have %d: evaluate again", path, b.Embedding, m.Dim)
	}
	m.Dim = b.Embedding
	ids, err := b.Samples()
	if err != nil {
		return err
	}
	predicted, err := b.Predicted()
	if err != nil {
		return err
	}
	truth, err := b.Truth()
	if err != nil {
		return err
	}
	for i, id := range ids {
		if predicted[i] {
			m.IDs, m.Labels = append(m.IDs, id), append(m.Labels, truth[i])
			m.places = append(m.places, embeddingPlace{int32(len(m.files) - 1), int32(i)})
		}
	}
	return nil
}

// sort brings the rows in the order of their samples.
func (m *Table) sort() {
	order := make([]int, len(m.IDs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(m.IDs[a] - m.IDs[b]) })
	ids, labels, places := make([]int64, len(order)), make([]int32, len(order)), make([]embeddingPlace, len(order))
	for i, from := range order {
		ids[i], labels[i], places[i] = m.IDs[from], m.Labels[from], m.places[from]
	}
	m.IDs, m.Labels, m.places = ids, labels, places
}

// Find is the row of a sample.
func (m *Table) Find(sample int64) (row int, ok bool) { return slices.BinarySearch(m.IDs, sample) }

// Row reads the embedding of a row. It may be called concurrently.
func (m *Table) Row(row int, into []float32) error {
	p := m.places[row]
	v, err := m.files[p.file].EmbeddingOf(int(p.row))
	copy(into, v)
	return err
}

// Close closes the files.
func (m *Table) Close() (err error) {
	for _, b := range m.files {
		err = errors.Join(err, b.Close())
	}
	return err
}

// Drawn are the rows of a sample of at most so many, ascending: all of them where that is enough, else
// as many of every label as there are in proportion, evenly over its rows.
func (m *Table) Drawn(most int) []int32 {
	rows := make([]int32, len(m.IDs))
	for i := range rows {
		rows[i] = int32(i)
	}
	if len(rows) <= most {
		return rows
	}
	slices.SortStableFunc(rows, func(a, b int32) int { return cmp.Compare(m.Labels[a], m.Labels[b]) })
	for i := range most {
		rows[i] = rows[i*len(rows)/most]
	}
	slices.Sort(rows[:most])
	return rows[:most]
}

// Read reads the embeddings of rows, one after the other.
func (m *Table) Read(rows []int32) ([]float32, error) {
	values := make([]float32, len(rows)*m.Dim)
	for i, row := range rows {
		if err := m.Row(int(row), values[i*m.Dim:(i+1)*m.Dim]); err != nil {
			return nil, err
		}
	}
	return values, nil
}
