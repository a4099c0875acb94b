package s3

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/sightline/sightline/internal/files"
)

// Address says where an object is, or all whose keys begin alike. What of the place is empty is
// that of the environment.
type Address struct {
	Place
	Bucket string
	Key    string // or a prefix of keys
}

// Place is a service that speaks S3.
type Place struct {
	Endpoint  string // such as https://minio.example:9000; "" is $AWS_ENDPOINT_URL_S3, $AWS_ENDPOINT_URL, or Amazon's
	Region    string // "" is $AWS_REGION, $AWS_DEFAULT_REGION, or what the service says
	PathStyle bool   // the bucket is part of the path and not of the host's name
}

// Parse reads an address: s3://BUCKET/KEY, perhaps with ?endpoint=URL&region=NAME&path-style=true.
// A key is escaped as in any URL.
func Parse(text string) (a Address, err error) {
	bare, query, _ := strings.Cut(text, "?")
	rest, ok := strings.CutPrefix(bare, files.ObjectScheme)
	if !ok {
		return a, fmt.Errorf("%q is no address of objects: give s3://BUCKET/PREFIX", text)
	}
	var key string
	a.Bucket, key, _ = strings.Cut(rest, "/")
	if a.Key, err = url.PathUnescape(key); err != nil {
		return a, fmt.Errorf("%s: %w; write a %% of a key as %%25", text, err)
	}
	if a.Bucket == "" {
		return a, fmt.Errorf("%q names no bucket: give s3://BUCKET/PREFIX", text)
	}
	return a, a.read(query)
}

// read takes the place from an address's query.
func (a *Address) read(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("the address of a store: %w", err)
	}
	for name, list := range values {
		switch value := list[0]; name {
		case "endpoint":
			a.Endpoint = value
		case "region":
			a.Region = value
		case "path-style":
			a.PathStyle, err = strconv.ParseBool(value)
		default:
			err = errors.New("it knows endpoint, region and path-style")
		}
		if err != nil {
			return fmt.Errorf("?%s= of the address of a store: %w", name, err)
		}
	}
	return nil
}

// String is the address as Parse reads it.
func (a Address) String() string {
	values := url.Values{}
	if a.Endpoint != "" {
		values.Set("endpoint", a.Endpoint)
	}
	if a.Region != "" {
		values.Set("region", a.Region)
	}
	if a.PathStyle {
		values.Set("path-style", "true")
	}
	text := files.ObjectScheme + a.Bucket + "/" + files.EscapeKey(a.Key)
	if len(values) > 0 {
		text += "?" + values.Encode()
	}
	return text
}

// Folder is the prefix of the keys in a folder: others may begin like its name.
func Folder(key string) string {
	if key != "" && !strings.HasSuffix(key, "/") {
		key += "/"
	}
	return key
}

// in fills in what the environment says.
func (p Place) in() Place {
	p.Endpoint = cmp.Or(p.Endpoint, os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com")
	p.Region = cmp.Or(p.Region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
	return p
}
