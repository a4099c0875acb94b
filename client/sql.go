package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/sightline/sightline/server/api"
)

// SQLRows is the result of a statement, read row by row, and closed by whoever has it.
type SQLRows struct {
	Columns []api.SQLColumn
	Count   int // of rows

	body  io.Closer
	lines *json.Decoder
	read  int
}

// SQL asks one SELECT over documented views.
func (c *Client) SQL(ctx context.Context, r api.SQLRequest) (*SQLRows, error) {
	res, err := c.send(ctx, http.MethodPost, path("sql"), nil, r)
	if err != nil {
		return nil, err
	}
	rows := &SQLRows{body: res.Body, lines: json.NewDecoder(bufio.NewReaderSize(res.Body, 1<<16))}
	rows.lines.UseNumber()
	rows.Count, err = strconv.Atoi(res.Header.Get("X-Sightline-Rows"))
	if err == nil {
		err = rows.lines.Decode(&rows.Columns)
	}
	if err != nil {
		res.Body.Close()
		return nil, fmt.Errorf("reading the columns of the result: %w", err)
	}
	return rows, nil
}

// Next reads the next row: texts, json.Number, truth values, nil, lists and objects. It is io.EOF after the last.
func (r *SQLRows) Next() (row []any, err error) {
	if r.read == r.Count {
		return nil, io.EOF
	}
	r.read++
	if err := r.lines.Decode(&row); err != nil || len(row) != len(r.Columns) {
		return nil, fmt.Errorf("reading row %d of %d of the result: %d values, %w", r.read, r.Count, len(row), err)
	}
	return row, nil
}

// Close ends the reading.
func (r *SQLRows) Close() error { return r.body.Close() }
