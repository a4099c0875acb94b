package server

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/server/health"
)

// registerRoutes puts every route of the API in place.
func registerRoutes(a huma.API, b *backend) {
	b.statusRoutes(a)
	b.documentRoutes(a)
	b.datasetRoutes(a)
	b.modelRoutes(a)
	b.probeRoutes(a)
	b.evaluationRoutes(a)
	b.comparisonRoutes(a)
	b.sampleRoutes(a)
	b.similarity.Register(a)
	b.saliency.Register(a)
	b.concepts.Register(a)
	b.curation.Register(a)
	b.findingRoutes(a)
	b.dismissalRoutes(a)
	b.checkRoutes(a)
	b.reportRoutes(a)
	b.sqlRoutes(a)
	b.jobRoutes(a)
	b.manageRoutes(a)
	b.backups.Register(a)
	health.Describe(a.OpenAPI())
}
