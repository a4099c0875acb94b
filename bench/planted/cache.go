package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sightline/sightline/internal/floats"
)

// cacheRevision changes whenever a photo is changed in another way: by a fill, or by a plant.
const cacheRevision = 1

// name is what a changed photo is called in the cache.
type name [16]byte

func nameOf(text string) (n name) {
	digest := sha256.Sum256([]byte(text))
	copy(n[:], digest[:])
	return n
}

// cache keeps the features of changed photos, in memory and in a file that grows.
type cache struct {
	features   int
	known      map[name][]float32
	file       *os.File
	out        *bufio.Writer
	kept, made int
}

// openCache opens what is kept of a network, which its content tells from others.
func openCache(of string, network []byte, features int) (*cache, error) {
	dir, err := cacheFolder()
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(network)
	c := &cache{features: features, known: map[name][]float32{}}
	path := filepath.Join(dir, fmt.Sprintf("%s-%x-%d.features", of, digest[:6], cacheRevision))
	if c.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, err
	}
	whole, err := c.read()
	if err != nil {
		return nil, err
	}
	if _, err := c.file.Seek(whole, io.SeekStart); err != nil {
		return nil, err
	}
	c.out = bufio.NewWriterSize(c.file, 1<<20)
	return c, c.file.Truncate(whole)
}

// read reads the records that are whole, and returns where they end.
func (c *cache) read() (whole int64, err error) {
	in := bufio.NewReaderSize(c.file, 1<<20)
	record := make([]byte, len(name{})+4*c.features)
	for {
		if _, err := io.ReadFull(in, record); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return whole, nil
			}
			return 0, err
		}
		whole += int64(len(record))
		c.known[name(record[:len(name{})])] = floats.From(record[len(name{}):])
		c.kept++
	}
}

func (c *cache) put(n name, values []float32) error {
	c.known[n] = values
	c.made++
	if _, err := c.out.Write(n[:]); err != nil {
		return err
	}
	return binary.Write(c.out, binary.LittleEndian, values)
}

func (c *cache) close() error { return errors.Join(c.out.Flush(), c.file.Close()) }
