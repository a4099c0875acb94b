package task

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

// DefaultMemory is the budget of a worker that is told none.
const DefaultMemory = 2 << 30

// memoryEnv carries the budget to a worker process, in bytes.
const memoryEnv = "SIGHTLINE_MEMORY"

// MemoryEnv is the environment entry that gives a worker its budget.
func MemoryEnv(bytes int64) string { return memoryEnv + "=" + strconv.FormatInt(bytes, 10) }

// MemoryFromEnv reads the budget; 0 or nothing is the default.
func MemoryFromEnv() (int64, error) {
	text := os.Getenv(memoryEnv)
	if text == "" {
		return DefaultMemory, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s is %q: must be a number of bytes", memoryEnv, text)
	}
	if n == 0 {
		n = DefaultMemory
	}
	return n, nil
}

// leastMemory is a budget below which no model of today runs.
const leastMemory = 64 << 20

// ParseMemory reads a size such as 512MB, 2GB, 1.5GiB or a number of bytes. Units
// of 1000 and of 1024 are told apart, as DuckDB does. "" is 0: the default.
func ParseMemory(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	units := []struct {
		name string
		size float64
	}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1}, {"", 1}}
	lower := strings.ToLower(strings.TrimSpace(text))
	for _, u := range units {
		number, ok := strings.CutSuffix(lower, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || math.IsNaN(n) || n < 0 || n*u.size > 1<<60 {
			break
		}
		if n*u.size < leastMemory {
			return 0, fmt.Errorf("memory of %s is too little for any model: give at least 64MiB", text)
		}
		return int64(n * u.size), nil
	}
	return 0, fmt.Errorf("memory %q: must be a size such as 512MB or 2GiB", text)
}
