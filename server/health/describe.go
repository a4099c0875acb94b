package health

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// Describe puts the routes into the API's description. They are text for other programs than its
// clients, and stand before the API: /healthz and /readyz ask for no token.
func Describe(a *huma.OpenAPI) {
	open := []map[string][]string{}
	a.AddOperation(&huma.Operation{OperationID: "get-healthz", Method: "GET", Path: "/healthz", Tags: []string{"health"}, Security: open,
		Summary: "Whether the server lives", Responses: answers(map[int]string{200: "It does: `ok`."})})
	a.AddOperation(&huma.Operation{OperationID: "get-readyz", Method: "GET", Path: "/readyz", Tags: []string{"health"}, Security: open,
		Summary: "Whether jobs would get on", Responses: answers(map[int]string{
			200: "The database answers, the queue is reached and a worker is there: `ok`.",
			503: "What of these is not so."})})
	a.AddOperation(&huma.Operation{OperationID: "get-metrics", Method: "GET", Path: "/metrics", Tags: []string{"health"},
		Summary:   "Figures for Prometheus: jobs, chunks, items, failures, deaths and kinds of workers, the time that storing takes",
		Responses: answers(map[int]string{200: "Prometheus' text format, version 0.0.4."})})
}

func answers(what map[int]string) map[string]*huma.Response {
	out := map[string]*huma.Response{}
	for status, description := range what {
		out[strconv.Itoa(status)] = &huma.Response{Description: description,
			Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}
	}
	return out
}
