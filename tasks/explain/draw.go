package explain

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/task"
)

// Drawing is maps of one sample, to be drawn over its image as it is displayed.
type Drawing struct {
	Image catalog.File
	Maps  []*attribution.Map // none of them means nothing
}

// DrawRequest is a call for maps over images. On its way it is a length (uint32), JSON of
// so many bytes, and the values of all maps, one after another. Its answers are DrawnMaps, in
// any order: a second worker, where the first one died, begins again.
type DrawRequest struct {
	Colours string       `json:"colours"` // name of a colour map; "" for each map's own choice
	Images  []DrawnImage `json:"images"`
}

// DrawnImage is a file, and the maps to draw over it.
type DrawnImage struct {
	task.Image
	Maps []SentMap `json:"maps"`
}

// SentMap is what drawing a map takes: of channels summed.
type SentMap struct {
	Width    int          `json:"width"`
	Height   int          `json:"height"`
	Geometry api.Geometry `json:"geometry"`
	Values   []float32    `json:"-"`
}

// MostDrawn is how many pixels, of all maps together, one call draws: some fifteen megabytes of
// PNGs, which the server holds, and less than a second of work. One map may have more.
const MostDrawn = 4 << 20

var errDrawing = errors.New("the request for drawn maps cannot be read")

// Encode writes a request.
func (r DrawRequest) Encode() []byte {
	head := task.JSON(r)
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(head)))
	b = append(b, head...)
	for _, im := range r.Images {
		for _, m := range im.Maps {
			b = floats.Append(b, m.Values)
		}
	}
	return b
}

// DecodeDrawRequest reads one.
func DecodeDrawRequest(b []byte) (r DrawRequest, err error) {
	if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
		return r, errDrawing
	}
	head, values := b[4:4+binary.LittleEndian.Uint32(b)], b[4+binary.LittleEndian.Uint32(b):]
	if err := json.Unmarshal(head, &r); err != nil {
		return r, fmt.Errorf("%w: %w", errDrawing, err)
	}
	for i := range r.Images {
		for k := range r.Images[i].Maps {
			m := &r.Images[i].Maps[k]
			n := 4 * m.Width * m.Height
			if m.Width < 1 || m.Height < 1 || n > len(values) {
				return r, errDrawing
			}
			m.Values, values = floats.From(values[:n]), values[n:]
		}
	}
	return r, nil
}

// DrawnMap is an answer: a map as a PNG, or why an image has none of its maps. On its way it is
// the numbers of image and map (uint32 each), and the PNG; or, with noMap for the map,
// the reason as JSON.
type DrawnMap struct {
	Image, Map int
	PNG        []byte
	Failed     *DrawingFailed
}

// DrawingFailed is why an image could not be drawn over; Code is one of package task.
type DrawingFailed struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

const noMap = 1<<32 - 1

// Encode writes an answer.
func (d DrawnMap) Encode() []byte {
	which, content := uint32(d.Map), d.PNG
	if d.Failed != nil {
		which, content = noMap, task.JSON(d.Failed)
	}
	b := make([]byte, 0, 8+len(content))
	b = binary.LittleEndian.AppendUint32(b, uint32(d.Image))
	b = binary.LittleEndian.AppendUint32(b, which)
	return append(b, content...)
}

// decodeDrawnMap reads the answer to a request.
func decodeDrawnMap(b []byte, of DrawRequest) (d DrawnMap, err error) {
	if len(b) < 8 || uint64(binary.LittleEndian.Uint32(b)) >= uint64(len(of.Images)) {
		return d, errFrame
	}
	d.Image = int(binary.LittleEndian.Uint32(b))
	which := binary.LittleEndian.Uint32(b[4:])
	if which == noMap {
		return d, json.Unmarshal(b[8:], &d.Failed)
	}
	if uint64(which) >= uint64(len(of.Images[d.Image].Maps)) {
		return d, errFrame
	}
	d.Map, d.PNG = int(which), b[8:]
	return d, nil
}
