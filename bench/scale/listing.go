package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

// listing lists objects that a server makes up, a thousand a page as S3 does, and stores the list.
func listing(out io.Writer, dir string, n int) error {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { page(w, r, n) }))
	defer server.Close()
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	ctx := context.Background()
	store, prefix, err := new(s3.Buckets).At("s3://bucket")
	if err != nil {
		return err
	}
	before, began := heap(), time.Now()
	found, err := dataset.ScanObjects(ctx, files.NewWaiter(time.Minute), dataset.Source{Root: "s3://bucket"}, dataset.Store{
		List: func(yield func(dataset.Object, error) bool) {
			for o, err := range store.List(ctx, prefix) {
				if !yield(dataset.Object{Path: o.Key, Size: o.Size, Tag: o.Tag}, err) {
					return
				}
			}
		}}, nil)
	if err != nil {
		return err
	}
	took := time.Since(began)
	if len(found.Samples) != n {
		return fmt.Errorf("%d of %d objects are listed", len(found.Samples), n)
	}
	fmt.Fprintf(out, "%d objects\n", n)
	fmt.Fprintf(out, "  %-28s %10.0f a second (%v), %d bytes of memory each\n", "listed", float64(n)/took.Seconds(), took.Round(10*time.Millisecond), (heap()-before)/int64(n))
	return storing(ctx, out, dir, found)
}

// storing stores the list twice.
func storing(ctx context.Context, out io.Writer, dir string, found *dataset.Result) error {
	n := len(found.Samples)
	s, err := stores.Open(ctx, dir, workspace.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, what := range []string{"stored", "stored again, all known"} {
		began := time.Now()
		if _, err := s.Catalog.Import(ctx, "objects", found); err != nil {
			return err
		}
		took := time.Since(began)
		fmt.Fprintf(out, "  %-28s %10.0f a second (%v)\n", what, float64(n)/took.Seconds(), took.Round(10*time.Millisecond))
	}
	return nil
}

const pageSize = 1000

// page answers ListObjectsV2 with keys in their order.
func page(w http.ResponseWriter, r *http.Request, n int) {
	first, _ := strconv.Atoi(r.URL.Query().Get("continuation-token"))
	last := min(first+pageSize, n)
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><EncodingType>url</EncodingType>`)
	fmt.Fprintf(&b, "<KeyCount>%d</KeyCount><MaxKeys>%d</MaxKeys><IsTruncated>%v</IsTruncated>", last-first, pageSize, last < n)
	if last < n {
		fmt.Fprintf(&b, "<NextContinuationToken>%d</NextContinuationToken>", last)
	}
	for i := first; i < last; i++ {
		fmt.Fprintf(&b, `<Contents><Key>class%%20%03d/%08d.jpg</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"%032x"</ETag><Size>%d</Size></Contents>`,
			i*100/n, i, i, 100_000+i%1000)
	}
	b.WriteString("</ListBucketResult>")
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, b.String())
}
