package explain

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/internal/mapwire"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/task"
)

// A Frame is what a worker sends of a map it makes: the progress, and the map if
// there is one, which is finished in the last frame and measured then in the regions of its
// sample. On its way that is: a byte that is 1 for the last frame; evaluations done, those
// at most, and the lengths of the map's metadata and of its shares (uint32 each); the
// metadata, the shares as JSON, the values.
type Frame struct {
	attribution.Snapshot
	Final  bool
	Shares *maps.StoredShares // of the last frame; nil where they could not be measured
}

// frameHead is the length of what precedes the metadata.
const frameHead = 17

func (f Frame) Encode() []byte {
	var meta, shares, values []byte
	if f.Map != nil {
		meta, values = MetaOf(f.Map), floats.Bytes(f.Map.Values)
	}
	if f.Shares != nil {
		shares = task.JSON(f.Shares)
	}
	head := make([]byte, frameHead, frameHead+len(meta)+len(shares)+len(values))
	if f.Final {
		head[0] = 1
	}
	binary.LittleEndian.PutUint32(head[1:], uint32(f.Done))
	binary.LittleEndian.PutUint32(head[5:], uint32(f.Total))
	binary.LittleEndian.PutUint32(head[9:], uint32(len(meta)))
	binary.LittleEndian.PutUint32(head[13:], uint32(len(shares)))
	return append(append(append(head, meta...), shares...), values...)
}

var errFrame = errors.New("the worker's map cannot be read")

func DecodeFrame(b []byte) (f Frame, err error) {
	if len(b) < frameHead {
		return f, errFrame
	}
	f.Final = b[0] == 1
	f.Done, f.Total = int(binary.LittleEndian.Uint32(b[1:])), int(binary.LittleEndian.Uint32(b[5:]))
	meta, shares, rest := uint64(binary.LittleEndian.Uint32(b[9:])), uint64(binary.LittleEndian.Uint32(b[13:])), b[frameHead:]
	if meta+shares > uint64(len(rest)) || meta == 0 && (f.Final || shares > 0) {
		return f, errFrame
	}
	if meta > 0 {
		f.Map, err = MapFrom(rest[:meta], rest[meta+shares:])
	}
	if err == nil && shares > 0 {
		if err = json.Unmarshal(rest[meta:meta+shares], &f.Shares); err != nil {
			err = fmt.Errorf("%w: its shares of regions: %w", errFrame, err)
		}
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
	return mapwire.Map(h, floats.From(data)), nil
}

// MetaOf is a map's metadata as it travels and is stored.
func MetaOf(m *attribution.Map) json.RawMessage { return task.JSON(mapwire.Meta(m)) }
