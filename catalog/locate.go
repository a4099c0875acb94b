package catalog

import (
	"context"
	"fmt"
)

// Wanted names a file by its path, its hash, or both.
type Wanted struct {
	Path, Hash string
}

// Located is the sample of a file that was named.
type Located struct {
	Sample  int64    // 0 where none fits, or several do
	Path    string   // that it has here
	Label   string   // "" without one
	Changed bool     // the path is here with another hash, so it is not taken
	Alike   []string // the paths of several with the hash, of which none is guessed
}

// Locate finds the samples of a dataset that files are: by the path; where there is no such path,
// by the hash, if it is that of one sample.
func (db *Store) Locate(ctx context.Context, dataset string, files []Wanted) ([]Located, error) {
	paths, hashes, err := db.located(ctx, dataset, files)
	if err != nil {
		return nil, fmt.Errorf("looking up files of %s: %w", dataset, err)
	}
	list := make([]Located, len(files))
	for i, f := range files {
		list[i] = f.among(paths, hashes)
	}
	return list, nil
}

// named is a sample with its hash.
type named struct {
	Located
	hash string
}

func (f Wanted) among(paths map[string]named, hashes map[string][]named) Located {
	if s, ok := paths[f.Path]; ok && f.Path != "" {
		if f.Hash != "" && s.hash != f.Hash {
			return Located{Path: s.Path, Changed: true}
		}
		return s.Located
	}
	alike := hashes[f.Hash]
	switch {
	case f.Hash == "" || len(alike) == 0:
		return Located{}
	case len(alike) == 1:
		return alike[0].Located
	}
	var several Located
	for _, s := range alike {
		several.Alike = append(several.Alike, s.Path)
	}
	return several
}

// located reads the samples that any of the files may be.
func (db *Store) located(ctx context.Context, dataset string, files []Wanted) (paths map[string]named, hashes map[string][]named, err error) {
	id, err := DatasetID(ctx, db.ws, dataset)
	if err != nil {
		return nil, nil, err
	}
	var byPath, byHash []string
	for _, f := range files {
		byPath, byHash = append(byPath, f.Path), append(byHash, f.Hash)
	}
	rows, err := db.ws.Query(ctx, `SELECT s.id, s.path, s.hash, coalesce(l.name, '') FROM samples s LEFT JOIN labels l ON l.dataset = s.dataset AND l.label = s.label
		WHERE s.dataset = ? AND (s.path IN (SELECT unnest(?::VARCHAR[])) OR s.hash <> '' AND s.hash IN (SELECT unnest(?::VARCHAR[]))) ORDER BY s.path`, id, byPath, byHash)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	paths, hashes = map[string]named{}, map[string][]named{}
	for rows.Next() {
		var s named
		if err := rows.Scan(&s.Sample, &s.Path, &s.hash, &s.Label); err != nil {
			return nil, nil, err
		}
		paths[s.Path] = s
		hashes[s.hash] = append(hashes[s.hash], s)
	}
	return paths, hashes, rows.Err()
}
