package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// Patience is how long a call of JetStream is repeated: after the death of a leader the
	// first one took over five seconds.
	Patience = 20 * time.Second

	tryFor   = 5 * time.Second
	tryAgain = 250 * time.Millisecond
)

// Patiently makes a call of JetStream until it succeeds, for Patience at most, or fails for
// a reason that time does not mend.
func Patiently(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	for {
		try, end := context.WithTimeout(ctx, tryFor)
		err := call(try)
		end()
		if err == nil || lasting(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(tryAgain):
		}
	}
}

// lasting tells whether an error is the same a moment later.
func lasting(err error) bool {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.Code < 500 && api.Code != 408 && api.ErrorCode != jetstream.JSErrCodeConsumerNotFound && api.ErrorCode != jetstream.JSErrCodeStreamNotFound
	}
	return errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrPermissionViolation)
}
