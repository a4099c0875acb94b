package console

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// plain is a value as JSON has it: numbers, truth values, texts, null, lists and objects. What JSON has
// no numbers for (infinities, and whole numbers that a float64 does not hold) is text, as are times (RFC 3339) and
// bytes (hexadecimal).
func plain(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int8, int16, int32, uint8, uint16, uint32:
		return v
	case int64:
		return json.Number(strconv.FormatInt(v, 10))
	case uint64:
		return json.Number(strconv.FormatUint(v, 10))
	case *big.Int:
		return json.Number(v.String())
	case float32:
		return finite(float64(v), json.Number(strconv.FormatFloat(float64(v), 'g', -1, 32)))
	case float64:
		return finite(v, v)
	case duckdb.Decimal:
		return json.Number(v.String())
	case []byte:
		return hex.EncodeToString(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case duckdb.UUID:
		return v.String()
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, one := range v {
			out[name] = plain(one)
		}
		return out
	case duckdb.Map:
		out := make(map[string]any, len(v))
		for name, one := range v {
			out[fmt.Sprint(plain(name))] = plain(one)
		}
		return out
	}
	return fmt.Sprint(v)
}

// finite is a number, or the text of one that JSON cannot write.
func finite(v float64, written any) any {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	return written
}
