package children

import (
	"os"
	"strconv"
	"strings"
)

const (
	ownScore = "/proc/self/oom_score_adj"
	// offered is half of what the kernel knows: a worker of few megabytes goes before a
	// server of a gigabyte.
	offered = 500
)

// OfferToKernel has the kernel end this worker before its server when memory runs out: a
// worker loses nothing. Where that cannot be set, all stays as it is.
func OfferToKernel() {
	now, err := os.ReadFile(ownScore)
	if err != nil {
		return
	}
	if score, err := strconv.Atoi(strings.TrimSpace(string(now))); err == nil && score < offered {
		_ = os.WriteFile(ownScore, []byte(strconv.Itoa(offered)), 0)
	}
}
