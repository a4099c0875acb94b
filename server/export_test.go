package server

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Describe is the description of the API, for tests of what it promises.
func Describe() *huma.OpenAPI {
	a := newAPI(http.NewServeMux())
	registerRoutes(a, &backend{})
	return a.OpenAPI()
}
