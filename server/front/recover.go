package front

import (
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
)

// Recovering answers a request whose handler panicked with a problem document
// and writes the stack to log, so that one bad request neither stops the server
// nor vanishes.
func Recovering(next http.Handler, log io.Writer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			reason := recover()
			if reason == nil || reason == http.ErrAbortHandler {
				return
			}
			fmt.Fprintf(log, "panic while answering %s %s: %v\n%s", r.Method, r.URL.Path, reason, debug.Stack())
			refuse(w, http.StatusInternalServerError, fmt.Sprintf("a bug in Sightline: %v; its standard error has the details", reason))
		}()
		next.ServeHTTP(w, r)
	})
}
