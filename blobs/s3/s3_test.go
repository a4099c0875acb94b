package s3

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/blobs/blobtest"
	"github.com/sightline/sightline/internal/s3test"
)

// open is a bucket of a server of this test alone.
func open(t *testing.T) (*s3test.Server, *Bucket) {
	t.Helper()
	s := s3test.Start(t, "bucket")
	s.Setenv()
	b, err := Open(Place{}, "bucket")
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

func TestBucket(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blobs.Store {
		_, b := open(t)
		return b
	})
}

// What a service answers that has troubles is told as what it means, and what is over soon is
// waited for.
func TestTroubles(t *testing.T) {
	s, _ := open(t)
	p := s.Behind(t)
	t.Setenv("AWS_ENDPOINT_URL", p.URL)
	var buckets Buckets
	store, _, err := buckets.At("s3://bucket")
	if err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("0123456789"), 30_000)
	if err := store.Put(t.Context(), "one", bytes.NewReader(data), int64(len(data)), false); err != nil {
		t.Fatal(err)
	}
	read := func(ctx context.Context) error {
		got, _, err := buckets.Read(ctx, "s3://bucket/one", 1<<20, func() {})
		if err == nil && !bytes.Equal(got, data) {
			err = errors.New("other bytes")
		}
		return err
	}
	for _, c := range []struct {
		name  string
		times int64 // that it is made, before all is well
		fault s3test.Fault
		is    error // nil: it is waited for
		says  string
	}{
		{"throttled for a moment", 2, s3test.Fault{Status: 503, Code: "SlowDown"}, nil, ""},
		{"breaks off", 2, s3test.Fault{After: 100_000}, nil, ""},
		{"breaks off for good", 99, s3test.Fault{After: 100_000}, io.ErrUnexpectedEOF, "unexpected EOF"},
		{"gone", 1, s3test.Fault{Status: 404, Code: "NoSuchKey"}, fs.ErrNotExist, "there is no such object"},
		{"forbidden", 1, s3test.Fault{Status: 403, Code: "AccessDenied"}, blobs.ErrRefused, "need s3:ListBucket and s3:GetObject"},
		{"an unknown key", 1, s3test.Fault{Status: 403, Code: "InvalidAccessKeyId"}, blobs.ErrRefused, "check AWS_ACCESS_KEY_ID"},
		{"a clock", 1, s3test.Fault{Status: 403, Code: "RequestTimeTooSkewed"}, blobs.ErrRefused, "set this one right"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var made atomic.Int64
			p.Fail(func(*http.Request) *s3test.Fault {
				if made.Add(1) <= c.times {
					return &c.fault
				}
				return nil
			})
			err := read(t.Context())
			if !errors.Is(err, c.is) || c.is != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
	p.Fail(func(*http.Request) *s3test.Fault { return nil })
	if _, _, err := buckets.Read(t.Context(), "s3://bucket/one", 1000, func() {}); err == nil || !strings.Contains(err.Error(), "more than the limit of 1000") {
		t.Errorf("a large one: %v", err)
	}
}

// Credentials that the server does not know, that are renewed, and a server that is away.
func TestRefused(t *testing.T) {
	s, b := open(t)
	if err := b.Put(t.Context(), "one", strings.NewReader("x"), 1, false); err != nil {
		t.Fatal(err)
	}
	var buckets Buckets
	read := func() error {
		_, _, err := buckets.Read(t.Context(), "s3://bucket/one", 10, func() {})
		return err
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	if err := read(); !errors.Is(err, blobs.ErrRefused) || !blobs.Ends(err) || !strings.Contains(err.Error(), "the store does not know the credentials") {
		t.Errorf("a wrong secret: %v", err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	profile := filepath.Join(t.TempDir(), "credentials")
	text := "[other]\naws_access_key_id = " + s3test.Key + "\naws_secret_access_key = " + s3test.Secret + "\n"
	if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", profile)
	t.Setenv("AWS_PROFILE", "other")
	if err := read(); err != nil || !HasCredentials() {
		t.Errorf("with the credentials of a profile: %v", err)
	}
	if _, _, err := buckets.Read(t.Context(), "s3://another/one", 10, func() {}); !errors.Is(err, blobs.ErrRefused) || !strings.Contains(err.Error(), "there is no such bucket") {
		t.Errorf("another bucket: %v", err)
	}
	s.Kill()
	back := time.AfterFunc(time.Second, s.Run)
	defer back.Stop()
	if err := read(); err != nil {
		t.Errorf("a server that is away for a second: %v", err)
	}
}

func TestAddress(t *testing.T) {
	for _, a := range []Address{
		{Bucket: "b"}, {Bucket: "b", Key: "photos/2024"}, {Bucket: "b", Key: "a b/100%?#&+=/ü"},
		{Bucket: "b", Key: "k", Place: Place{Endpoint: "http://127.0.0.1:9000", Region: "eu", PathStyle: true}},
	} {
		if got, err := Parse(a.String()); err != nil || got != a {
			t.Errorf("%+v is %s, and that %+v, %v", a, a, got, err)
		}
	}
	for _, text := range []string{"/data", "s3://", "s3:///key", "s3://b/k?endpont=x", "s3://b/100%", "s3://b/k?path-style=perhaps"} {
		if a, err := Parse(text); err == nil {
			t.Errorf("%s is %+v", text, a)
		}
	}
}
