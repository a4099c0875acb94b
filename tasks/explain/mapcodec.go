package explain

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/internal/mapwire"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/task"
)

// A Frame is what a worker sends of a map it makes: how far it is, and the map if
// there is one, which is finished in the last frame. On its way that is: a byte that
// is 1 for the last frame; evaluations done, those at most, and the length of the
// map's metadata (uint32 each); the metadata, the values.
type Frame struct {
	attribution.Snapshot
	Final bool
}

// frameHead is the length of what precedes the metadata.
const frameHead = 13

func (f Frame) Encode() []byte {
	var meta, values []byte
	if f.Map != nil {
		meta, values = MetaOf(f.Map), floats.Bytes(f.Map.Values)
	}
	head := make([]byte, frameHead, frameHead+len(meta)+len(values))
	if f.Final {
		head[0] = 1
	}
	binary.LittleEndian.PutUint32(head[1:], uint32(f.Done))
	binary.LittleEndian.PutUint32(head[5:], uint32(f.Total))
	binary.LittleEndian.PutUint32(head[9:], uint32(len(meta)))
	return append(append(head, meta...), values...)
}

var errFrame = errors.New("the worker's map cannot be read")

func DecodeFrame(b []byte) (f Frame, err error) {
	if len(b) < frameHead {
		return f, errFrame
	}
	f.Final = b[0] == 1
	f.Done, f.Total = int(binary.LittleEndian.Uint32(b[1:])), int(binary.LittleEndian.Uint32(b[5:]))
	n := uint64(binary.LittleEndian.Uint32(b[9:]))
	if n > uint64(len(b)-frameHead) || n == 0 && f.Final {
		return f, errFrame
	}
	if n > 0 {
		f.Map, err = MapFrom(b[frameHead:frameHead+n], b[frameHead+n:])
	}
	return f, err
}

// MapFrom puts a map together from its metadata and its values.
func MapFrom(meta json.RawMessage, data []byte) (*attribution.Map, error) {
	var h api.MapMeta
	if err := json.Unmarshal(meta, &h); err != nil {
		return nil, fmt.Errorf("read a map's description: %w", err)
	}
	if len(data) != 4*h.Width*h.Height*max(h.Channels, 1) {
		return nil, fmt.Errorf("a map of %d×%d cells and %d channels has %d bytes", h.Width, h.Height, max(h.Channels, 1), len(data))
	}
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return mapwire.Map(h, values), nil
}

// MetaOf is a map's metadata as it travels and is stored.
func MetaOf(m *attribution.Map) json.RawMessage { return task.JSON(mapwire.Meta(m)) }
