package task

import (
	"fmt"
	"os"
	"time"
)

// RunLimitName is the environment variable that holds how long a run of a model may take
// at least, as time.ParseDuration reads it.
const RunLimitName = "SIGHTLINE_RUN_LIMIT"

// DefaultRunLimit is the limit of a worker that is told none.
const DefaultRunLimit = 2 * time.Minute

// ReadLimit is how long a file or folder that gives no sign is waited for, where that is the
// limit of a run; AnswerLimit the same where a user waits for it.
func ReadLimit(run time.Duration) time.Duration   { return min(time.Minute, run/2) }
func AnswerLimit(run time.Duration) time.Duration { return ReadLimit(run) / 3 }

// RunLimitEnv is the environment entry that gives a worker its limit.
func RunLimitEnv(limit time.Duration) string { return RunLimitName + "=" + limit.String() }

// RunLimitFromEnv reads the limit; nothing is the default.
func RunLimitFromEnv() (time.Duration, error) { return ParseRunLimit(os.Getenv(RunLimitName)) }

// ParseRunLimit reads a limit such as 90s or 10m; "" is the default.
func ParseRunLimit(text string) (time.Duration, error) {
	if text == "" {
		return DefaultRunLimit, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit < time.Second {
		return 0, fmt.Errorf("the limit of a run (--run-limit, "+RunLimitName+") is %q: must be a time of 1s or more, such as 90s or 10m", text)
	}
	return limit, nil
}
