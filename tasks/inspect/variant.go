package inspect

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/results"
)

// AddVariant stores a model once more under another name, with other preprocessing and, unless
// nil, other class names; source is where they come from. The model itself stays as it is, and a
// model of that name with other settings is not replaced: that is a catalog.ErrTaken.
// Settings that do not fit it are a classifier.ErrPreprocessing or ErrClasses.
func (s Service) AddVariant(ctx context.Context, model, name string, p imaging.Preprocessing, classes []string, source string) (*catalog.Model, error) {
	m, err := s.Store.Catalog.Model(ctx, model)
	if err != nil {
		return nil, err
	}
	spec, err := classifier.ParseSpec(m.Spec)
	if err != nil {
		return nil, err
	}
	variant, err := spec.Variant(name, p, classes, source)
	if err != nil {
		return nil, fmt.Errorf("add %s as %s: %w", model, name, err)
	}
	data, err := json.Marshal(variant)
	if err != nil {
		return nil, err
	}
	return s.Store.Catalog.AddModel(ctx, name, variant.SHA256, data, results.SameSettings)
}
