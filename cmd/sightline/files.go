package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeFile lets write fill a new file and puts it under its name when it is
// complete, so that a failure never leaves half a file there.
func writeFile(path string, write func(*os.File) error) error {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s: make it first", dir)
	}
	f, err := os.CreateTemp(dir, ".sightline-*")
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// writeBytes is writeFile of a content.
func writeBytes(path string, content []byte) error {
	return writeFile(path, func(f *os.File) error {
		_, err := f.Write(content)
		return err
	})
}

// readMapping reads label → class from a JSON object or from CSV rows of
// label,class. An empty path gives no mapping.
func readMapping(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the mapping: %w; check the path", err)
	}
	mapping := map[string]string{}
	if strings.EqualFold(filepath.Ext(path), ".json") {
		if err := json.Unmarshal(content, &mapping); err != nil {
			return nil, fmt.Errorf("the mapping %s is not a JSON object of label: class: %w", path, err)
		}
		return mapping, nil
	}
	reader := csv.NewReader(strings.NewReader(string(content)))
	reader.FieldsPerRecord, reader.TrimLeadingSpace = 2, true
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("the mapping %s must have two columns, label and class: %w", path, err)
	}
	for _, row := range rows {
		mapping[row[0]] = row[1]
	}
	return mapping, nil
}
