package route

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// refusal is an error with the status it is answered with; the message is for
// people and says what to do.
type refusal struct {
	status int
	err    error
}

// Refused gives an error the status it is answered with.
func Refused(status int, err error) error { return &refusal{status, err} }

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// BadRequest marks an error as the caller's mistake.
func BadRequest(err error) error { return &refusal{http.StatusBadRequest, err} }

// NotFound marks an error as the naming of something that is not there.
func NotFound(err error) error { return &refusal{http.StatusNotFound, err} }

// Conflict marks an error as one of what is asked for not being as it was.
func Conflict(err error) error { return &refusal{http.StatusConflict, err} }

// problem turns an error into the answer that reports it.
func problem(err error) error {
	var r *refusal
	var mistake *slice.Mistake
	var unfit *explain.UnfitError
	if status, detail, ok := coded(err); ok {
		return huma.NewError(status, detail)
	}
	switch {
	case errors.As(err, &r):
		return huma.NewError(r.status, err.Error())
	case errors.As(err, &unfit):
		return huma.NewError(http.StatusUnprocessableEntity, err.Error())
	case errors.As(err, &mistake): // a class that the model does not have
		return huma.NewError(http.StatusBadRequest, err.Error())
	case errors.Is(err, workspace.ErrNotFound), errors.Is(err, jobs.ErrNotFound):
		return huma.NewError(http.StatusNotFound, err.Error())
	case errors.Is(err, catalog.ErrName):
		return huma.NewError(http.StatusBadRequest, err.Error())
	case errors.Is(err, catalog.ErrInUse), errors.Is(err, catalog.ErrTaken):
		return huma.NewError(http.StatusConflict, err.Error())
	case errors.Is(err, files.ErrNoAnswer):
		return huma.NewError(http.StatusGatewayTimeout, err.Error())
	case errors.Is(err, workspace.ErrDiskFull):
		return huma.NewError(http.StatusInsufficientStorage, err.Error())
	case errors.Is(err, jobs.ErrNoWorker), errors.Is(err, jobs.ErrWorkerLost):
		return huma.NewError(http.StatusServiceUnavailable, err.Error())
	case errors.Is(err, context.Canceled):
		return huma.NewError(499, "the request was cancelled")
	}
	return huma.NewError(http.StatusInternalServerError, err.Error())
}

// coded is the status of an error that a worker gave, and what there is to say of
// it: of a method that does not fit the model not also for which sample that was
// found out.
func coded(err error) (status int, detail string, ok bool) {
	var c *jobs.Coded
	if !errors.As(err, &c) {
		return 0, "", false
	}
	if c.Code == task.CodeUnfit {
		return 422, c.Message, true
	}
	status, ok = map[string]int{task.CodeModel: 400, task.CodeImage: 422, task.CodeFile: 404, task.CodeDrive: 504, task.CodeChanged: 409, jobs.CodeStuck: 422}[c.Code]
	return status, err.Error(), ok
}
