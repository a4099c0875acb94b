package workspace

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Place is where something stands in a list that has the newest first, and
// those of the same moment by id. It stays meaningful when that thing is
// removed. The zero value is before all.
type Place struct {
	Created time.Time
	ID      string
}

// String writes a place for ParsePlace; "" for the zero value.
func (p Place) String() string {
	if p == (Place{}) {
		return ""
	}
	return strconv.FormatInt(p.Created.UnixMicro(), 10) + "." + p.ID
}

// ParsePlace reads what String wrote.
func ParsePlace(text string) (Place, error) {
	if text == "" {
		return Place{}, nil
	}
	micros, id, ok := strings.Cut(text, ".")
	created, err := strconv.ParseInt(micros, 10, 64)
	if !ok || err != nil {
		return Place{}, fmt.Errorf("%q is no place in a list: give what the page before called next", text)
	}
	return Place{time.UnixMicro(created).UTC(), id}, nil
}

// Following is the end of a query for the rows that come after a place, at
// most limit of them, by the columns that hold time and id.
func (p Place) Following(created, id string, limit int) (clauses string, args []any) {
	if p != (Place{}) {
		clauses = fmt.Sprintf(` WHERE (%s < ? OR %s = ? AND %s > ?)`, created, created, id)
		args = []any{p.Created, p.Created, p.ID}
	}
	return clauses + fmt.Sprintf(` ORDER BY %s DESC, %s LIMIT ?`, created, id), append(args, limit)
}
