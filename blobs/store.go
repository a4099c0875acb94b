package blobs

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"
)

// A Store keeps contents under keys: a folder (Directory), or what speaks S3 (package s3). Keys
// are text with slashes. What every store must do is in package blobtest. Safe for concurrent use.
type Store interface {
	// Get reads length bytes of a content from an offset, all that follow if length is negative,
	// and fewer where the content ends before. It is of one content whatever becomes of the key
	// meanwhile, or an error. Where there is none the error is fs.ErrNotExist.
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, Object, error)
	// Put keeps size bytes of content under a key, all or nothing: nobody ever sees a part. Where
	// fresh is set and there is one already the error is fs.ErrExist, and that one stays.
	Put(ctx context.Context, key string, content io.Reader, size int64, fresh bool) error
	// List are the contents whose keys begin with prefix, in the order of their keys.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
	// Delete removes a content. One that is not there is no error.
	Delete(ctx context.Context, key string) error
}

// Object is what a store says of a content.
type Object struct {
	Key      string
	Size     int64  // in bytes, of the whole
	Tag      string // another one after every change
	Modified time.Time
}

// Errors of stores, besides fs.ErrNotExist and fs.ErrExist.
var (
	// ErrRefused is of a store that does not accept who asks: no credentials, wrong or expired
	// ones. No other key will do better.
	ErrRefused = errors.New("the store refuses the credentials")
	// ErrBusy is of a store that asks to come back later, and still does after some seconds.
	ErrBusy = errors.New("the store is too busy")
	// ErrAway is of a store that cannot be reached.
	ErrAway = errors.New("the store cannot be reached")
)

// Ends tells whether an error is of the store, not of the content that was asked for: another
// one fares no better until somebody does something.
func Ends(err error) bool { return errors.Is(err, ErrRefused) || errors.Is(err, ErrAway) }
