package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/sightline/sightline/blobs"
)

// Finding is what was found out about a bucket.
type Finding struct {
	What string
	Said string
	Bad  bool // it keeps images there from being used
}

const mostSkew = 5 * time.Minute // services refuse requests whose time differs by 15

// Examine tries whether the images at an address can be used: it lists a page and reads the first
// object and a part of it. It writes nothing.
func Examine(ctx context.Context, address string) ([]Finding, error) {
	a, err := Parse(address)
	if err != nil {
		return nil, err
	}
	b, err := Open(a.Place, a.Bucket)
	if err != nil {
		return nil, err
	}
	list := append([]Finding{b.service(a.Place)}, credentialsFound(), b.clocks(ctx))
	started := time.Now()
	first, n, err := b.page(ctx, a.Key)
	if err != nil {
		return append(list, Finding{"list", err.Error() + b.hint(err), true}), nil
	}
	list = append(list, Finding{"list", fmt.Sprintf("%s in %v", counted(n), time.Since(started).Round(time.Millisecond)), n == 0})
	if n == 0 {
		return list, nil
	}
	return append(list, b.reading(ctx, first)...), nil
}

func (b *Bucket) service(p Place) Finding {
	style := "in the host's name or the path, as suits the service"
	if p.PathStyle {
		style = "in the path"
	}
	region := p.in().Region
	if region == "" {
		region = "as the service says"
	}
	return Finding{What: "service", Said: fmt.Sprintf("%s, region %s, bucket %s %s", b.core.EndpointURL(), region, b.name, style)}
}

func credentialsFound() Finding {
	if HasCredentials() {
		return Finding{What: "credentials", Said: "found in the environment"}
	}
	return Finding{What: "credentials", Said: "none: only public buckets can be read"}
}

// clocks compares this machine's with the service's, by the date of any answer.
func (b *Bucket) clocks(ctx context.Context) Finding {
	ask, err := http.NewRequestWithContext(ctx, http.MethodHead, b.core.EndpointURL().String(), nil)
	if err != nil {
		return Finding{"clocks", err.Error(), true}
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return Finding{"clocks", err.Error(), true}
	}
	defer answer.Body.Close()
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return Finding{What: "clocks", Said: "the service does not say its time"}
	}
	skew := time.Since(at).Truncate(time.Second)
	return Finding{"clocks", fmt.Sprintf("the service's and this machine's differ by %v", skew), skew.Abs() > mostSkew}
}

// pageSize is how many keys a service lists at once.
const pageSize = 1000

// page lists the first page below a prefix: its first object with content, and how many there are.
func (b *Bucket) page(ctx context.Context, prefix string) (first blobs.Object, n int, err error) {
	for o, err := range b.List(ctx, Folder(prefix)) {
		if err != nil {
			return first, n, err
		}
		if first.Size == 0 {
			first = o
		}
		if n++; n == pageSize {
			break
		}
	}
	return first, n, nil
}

func counted(n int) string {
	if n < pageSize {
		return fmt.Sprintf("%d objects", n)
	}
	return fmt.Sprintf("the first %d objects", n)
}

// reading reads an object, and beyond its end.
func (b *Bucket) reading(ctx context.Context, o blobs.Object) []Finding {
	started := time.Now()
	body, _, err := b.Get(ctx, o.Key, 0, -1)
	var n int64
	if err == nil {
		n, err = io.Copy(io.Discard, body)
		body.Close()
	}
	if err == nil && n != o.Size {
		err = fmt.Errorf("%s has %d bytes and is listed with %d", o.Key, n, o.Size)
	}
	if err != nil {
		return []Finding{{"read", err.Error(), true}}
	}
	list := []Finding{{What: "read", Said: fmt.Sprintf("%s, %d bytes in %v", o.Key, n, time.Since(started).Round(time.Millisecond))}}
	body, part, err := b.Get(ctx, o.Key, o.Size-1, 10)
	if err == nil {
		n, err = io.Copy(io.Discard, body)
		body.Close()
	}
	switch {
	case err != nil:
		return append(list, Finding{"read a part", err.Error(), true})
	case n != 1 || part.Size != o.Size:
		return append(list, Finding{"read a part", fmt.Sprintf("the last byte comes as %d", n), true})
	}
	return append(list, Finding{What: "read a part", Said: "the last byte alone"})
}

// hint says what else may be wrong where a store cannot be reached.
func (b *Bucket) hint(err error) string {
	if errors.Is(err, blobs.ErrAway) {
		return "; where the service has no host name for each bucket, --s3-path-style helps"
	}
	return ""
}
