package client

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net/http"

	"github.com/sightline/sightline/server/api"
)

// Space tells what there is of the map of an evaluation's images.
func (c *Client) Space(ctx context.Context, evaluation string) (api.Space, error) {
	return get[api.Space](ctx, c, path("evaluations", evaluation, "space"), nil)
}

// MakeSpace starts the job that lays them out by their neighbours, unless they are.
func (c *Client) MakeSpace(ctx context.Context, evaluation string, seed uint64) (api.SpaceStarted, error) {
	return post[api.SpaceStarted](ctx, c, path("evaluations", evaluation, "space"), api.SpaceRequest{Seed: seed})
}

// Point is where a sample lies on a map.
type Point struct {
	Sample int64
	X, Y   float32
}

// SpacePoints tells where the images lie, by sample. projection is pca or umap.
func (c *Client) SpacePoints(ctx context.Context, evaluation, projection string) ([]Point, error) {
	res, err := c.send(ctx, http.MethodGet, path("evaluations", evaluation, "space", "points")+"?projection="+projection, nil, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the map: %w", err)
	}
	if len(data) < 16 || string(data[:4]) != "SLP1" || len(data) != 16+16*int(binary.LittleEndian.Uint32(data[4:])) {
		return nil, fmt.Errorf("reading the map: %d bytes are not what this client knows as one", len(data))
	}
	list := make([]Point, binary.LittleEndian.Uint32(data[4:]))
	coordinate := func(i int) float32 {
		return math.Float32frombits(binary.LittleEndian.Uint32(data[16+8*len(list)+4*i:]))
	}
	for i := range list {
		list[i] = Point{int64(math.Float64frombits(binary.LittleEndian.Uint64(data[16+8*i:]))), coordinate(2 * i), coordinate(2*i + 1)}
	}
	return list, nil
}
