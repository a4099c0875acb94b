// Package s3 is a store of contents in a bucket of a service that speaks S3: Amazon's, MinIO,
// Ceph, versitygw, ….
//
// Credentials are those of the usual places, tried in this order whenever the last ones have
// expired: $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY and $AWS_SESSION_TOKEN; the profile
// $AWS_PROFILE of ~/.aws/credentials and ~/.aws/config; and in a container what
// $AWS_WEB_IDENTITY_TOKEN_FILE or $AWS_CONTAINER_CREDENTIALS_… name. Without any, requests are
// anonymous, as public buckets allow. They are never part of an address.
package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/sightline/sightline/blobs"
)

// Bucket is a blobs.Store of the objects of a bucket.
type Bucket struct {
	core minio.Core
	name string
}

// Open returns a bucket of a place. Nothing is asked of the service yet.
func Open(p Place, name string) (*Bucket, error) {
	p = p.in()
	at, err := url.Parse(p.Endpoint)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, fmt.Errorf("%q is no endpoint of S3: give one such as https://s3.eu-central-1.amazonaws.com", p.Endpoint)
	}
	options := &minio.Options{Creds: chain(), Secure: at.Scheme == "https", Region: p.Region, BucketLookup: minio.BucketLookupAuto}
	if p.PathStyle {
		options.BucketLookup = minio.BucketLookupPath
	}
	client, err := minio.New(at.Host, options)
	if err != nil {
		return nil, fmt.Errorf("the endpoint %s: %w", p.Endpoint, err)
	}
	return &Bucket{minio.Core{Client: client}, name}, nil
}

// chain are the places that credentials are looked for in. That of a machine of Amazon's is not
// among them: elsewhere its address does not answer.
func chain() *credentials.Credentials {
	list := []credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}}
	for _, name := range []string{"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"} {
		if os.Getenv(name) != "" {
			return credentials.NewChainCredentials(append(list, &credentials.IAM{Client: http.DefaultClient}))
		}
	}
	return credentials.NewChainCredentials(list)
}

// Get is that of blobs.Store.
func (b *Bucket) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, blobs.Object, error) {
	if length == 0 {
		return b.nothing(ctx, key)
	}
	var options minio.GetObjectOptions
	switch {
	case length > 0:
		options.Set("Range", fmt.Sprintf("bytes=%d-%d", offset, offset+length-1))
	case offset > 0:
		options.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	body, info, header, err := b.core.GetObject(ctx, b.name, key, options)
	if minio.ToErrorResponse(err).Code == "InvalidRange" {
		return b.nothing(ctx, key)
	}
	if err != nil {
		return nil, blobs.Object{}, b.told("get", key, err)
	}
	o := objectOf(key, info)
	if o.Size, err = whole(header, info.Size); err != nil {
		body.Close()
		return nil, o, b.told("get", key, err)
	}
	return reader{body, b, key}, o, nil
}

// nothing is what lies beyond the end of an object.
func (b *Bucket) nothing(ctx context.Context, key string) (io.ReadCloser, blobs.Object, error) {
	info, err := b.core.StatObject(ctx, b.name, key, minio.StatObjectOptions{})
	if err != nil {
		return nil, blobs.Object{}, b.told("get", key, err)
	}
	return io.NopCloser(bytes.NewReader(nil)), objectOf(key, info), nil
}

// whole is the size of an object by the headers of a part of it.
func whole(header http.Header, size int64) (int64, error) {
	parts := header.Get("Content-Range")
	if parts == "" {
		return size, nil
	}
	var from, to, all int64
	_, err := fmt.Sscanf(parts, "bytes %d-%d/%d", &from, &to, &all)
	return all, err
}

// reader tells errors of the network as those of the store.
type reader struct {
	io.ReadCloser
	bucket *Bucket
	key    string
}

func (r reader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = r.bucket.told("read", r.key, err)
	}
	return n, err
}

func objectOf(key string, info minio.ObjectInfo) blobs.Object {
	return blobs.Object{Key: key, Size: info.Size, Tag: info.ETag, Modified: info.LastModified}
}

// onePut is up to which size an object is put in one request, and not in parts.
const onePut = 1 << 30

// Put is that of blobs.Store.
func (b *Bucket) Put(ctx context.Context, key string, content io.Reader, size int64, fresh bool) error {
	options := minio.PutObjectOptions{DisableMultipart: size < onePut}
	if fresh {
		options.SetMatchETagExcept("*")
	}
	_, err := b.core.Client.PutObject(ctx, b.name, key, content, size, options)
	if err != nil {
		return b.told("put", key, err)
	}
	return nil
}

// List is that of blobs.Store.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[blobs.Object, error] {
	return func(yield func(blobs.Object, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for info := range b.core.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if info.Err != nil {
				yield(blobs.Object{}, b.told("list", prefix, info.Err))
				return
			}
			if !yield(objectOf(info.Key, info), nil) {
				return
			}
		}
	}
}

// Delete is that of blobs.Store.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := b.core.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{}); err != nil {
		return b.told("delete", key, err)
	}
	return nil
}
