package export

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
)

// shardSamples is how many samples a shard holds at most.
const shardSamples = 10_000

// writeWebDataset writes SPLIT-000000.tar, …: of each sample the image, .cls (the index of its
// label among classes.json's, where it has one) and .json, under one key.
func writeWebDataset(_ context.Context, set *Set, _ Options, to *Folder) error {
	splits, counts := []string{}, map[string]int{}
	labels := newNames()
	var order []string
	err := set.Each(false, func(s *Sample) error {
		if counts[s.Split]++; counts[s.Split] == 1 {
			splits = append(splits, s.Split)
		}
		if _, known := labels.of[s.Label]; !known && s.Label != "" {
			labels.of[s.Label] = ""
			order = append(order, s.Label)
		}
		return nil
	})
	if err != nil {
		return err
	}
	index := map[string]int{}
	for i, label := range order {
		index[label] = i
	}
	for _, split := range splits {
		for shard := 0; shard*shardSamples < counts[split]; shard++ {
			name := fmt.Sprintf("%s-%06d.tar", splitName(split), shard)
			if err := to.File(name, func(w io.Writer) error { return writeShard(set, split, shard, index, w) }); err != nil {
				return err
			}
		}
	}
	return to.File("classes.json", func(w io.Writer) error { return document(w, order) })
}

// writeShard writes the samples of a shard, reading past those of others.
func writeShard(set *Set, split string, shard int, index map[string]int, w io.Writer) error {
	to, at := NewFolder(w, ""), 0
	err := set.Each(false, func(s *Sample) error {
		if s.Split != split {
			return nil
		}
		at++
		if (at-1)/shardSamples != shard {
			return nil
		}
		key := fmt.Sprintf("%09d", at-1)
		if err := to.Image(key+"."+ending(s), s); err != nil {
			return err
		}
		if i, labelled := index[s.Label]; labelled {
			class := fmt.Appendf(nil, "%d", i)
			if err := to.Copy(key+".cls", int64(len(class)), bytes.NewReader(class)); err != nil {
				return err
			}
		}
		text, err := json.Marshal(toLine(set, s))
		if err != nil {
			return err
		}
		return to.Copy(key+".json", int64(len(text)), bytes.NewReader(text))
	})
	if err != nil {
		return err
	}
	return to.Close()
}

// ending is that of an image as readers choose their decoder by it.
func ending(s *Sample) string {
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(s.Path), "."))
	if ending == "" || strings.ContainsAny(safe(ending), "_ ") {
		return "img"
	}
	return ending
}
