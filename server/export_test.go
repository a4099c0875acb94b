package server

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/server/route"
)

// Describe is the description of the API, for tests of what it promises.
func Describe() *huma.OpenAPI {
	a := route.New(http.NewServeMux())
	registerRoutes(a, &backend{})
	return a.OpenAPI()
}
