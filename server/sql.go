package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/console"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
)

func (b *backend) sqlRoutes(a huma.API) {
	route.Raw(a, "POST /api/sql", "sql", "Answer a query (SELECT) over documented views, in a process of its own", "application/x-ndjson",
		"A line of columns [{name, type}], then a line per row, a list of values. X-Sightline-Rows says how many.", b.sql)
}

// sql answers a statement. What is wrong with it is 422, a limit that it reached 413.
func (b *backend) sql(ctx context.Context, in *struct{ Body api.SQLRequest }) (http.HandlerFunc, error) {
	l, most := console.DefaultLimits, console.MostLimits
	if n := in.Body.Seconds; n > 0 {
		l.Time = min(time.Duration(n)*time.Second, most.Time)
	}
	if n := in.Body.Memory; n > 0 {
		l.Memory = min(int64(n)<<20, most.Memory)
	}
	if n := in.Body.Output; n > 0 {
		l.Output = min(int64(n)*1_000_000, most.Output)
	}
	statement := in.Body.Statement
	if statement == ".schema" {
		statement = console.Schema
	}
	found, err := b.console.Query(ctx, statement, l)
	switch {
	case errors.Is(err, console.ErrRefused):
		return nil, route.Refused(http.StatusUnprocessableEntity, err)
	case errors.Is(err, console.ErrLimit):
		return nil, route.Refused(http.StatusRequestEntityTooLarge, err)
	case err != nil:
		return nil, err
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		defer found.Close()
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.Header().Set("X-Sightline-Rows", strconv.Itoa(found.Rows))
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.Copy(w, found)
	}, nil
}
