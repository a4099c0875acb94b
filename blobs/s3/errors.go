package s3

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"

	"github.com/minio/minio-go/v7"

	"github.com/sightline/sightline/blobs"
)

// failure is an error of a bucket: what it is to who asked, and what the service said.
type failure struct {
	is   error
	text string
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.is }

// told says what an error of the service means and what to do about it.
func (b *Bucket) told(what, key string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	at := fmt.Sprintf("%s s3://%s/%s", what, b.name, key)
	said := minio.ToErrorResponse(err)
	advice, is := meaning(said)
	var network net.Error
	var asked *url.Error
	if said.StatusCode == 0 && (errors.As(err, &network) || errors.As(err, &asked)) {
		is, advice = blobs.ErrAway, fmt.Sprintf("%s does not answer: check --s3-endpoint and the network", b.core.EndpointURL())
	}
	switch {
	case is == nil:
		return fmt.Errorf("%s: %w", at, err)
	case said.Code == "":
		return &failure{is, fmt.Sprintf("%s: %v: %s", at, err, advice)}
	}
	return &failure{is, fmt.Sprintf("%s: %s (%s: %s)", at, advice, said.Code, said.Message)}
}

// meaning is what the answer of a service is to who asked, nil where nothing special.
func meaning(said minio.ErrorResponse) (advice string, is error) {
	switch said.Code {
	case "NoSuchKey":
		return "there is no such object", fs.ErrNotExist
	case "NoSuchBucket":
		return "there is no such bucket: check its name, --s3-endpoint and --s3-region", blobs.ErrRefused
	case "PreconditionFailed":
		return "there is such an object already", fs.ErrExist
	case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
		return "the credentials have expired: renew them where sightline was started, and start it again", blobs.ErrRefused
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "AuthorizationHeaderMalformed":
		return "the store does not know the credentials: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or the profile AWS_PROFILE", blobs.ErrRefused
	case "RequestTimeTooSkewed":
		return "the clocks of this machine and of the store differ too much: set this one right", blobs.ErrRefused
	case "SlowDown", "SlowDownRead", "SlowDownWrite", "ServiceUnavailable", "Throttling", "ThrottlingException", "RequestLimitExceeded":
		return "the store is too busy and asks to come back later: try again, or with fewer workers", blobs.ErrBusy
	}
	switch said.StatusCode {
	case http.StatusNotFound:
		return "there is no such object", fs.ErrNotExist
	case http.StatusPreconditionFailed:
		return "there is such an object already", fs.ErrExist
	case http.StatusForbidden, http.StatusUnauthorized:
		return "the credentials do not allow it: they need s3:ListBucket and s3:GetObject there", blobs.ErrRefused
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return "the store is too busy and asks to come back later: try again, or with fewer workers", blobs.ErrBusy
	}
	return "", nil
}
