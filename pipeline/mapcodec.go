package pipeline

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/sightline/sightline/attribution"
)

// A frame is a map on its way from a worker: one byte that is 1 for the last
// frame, the length of the metadata (uint32), the metadata, the values.

func encodeFrame(m *attribution.Map, final bool) []byte {
	meta := mustJSON(m)
	frame := make([]byte, 5, 5+len(meta)+4*len(m.Values))
	if final {
		frame[0] = 1
	}
	binary.LittleEndian.PutUint32(frame[1:], uint32(len(meta)))
	return append(append(frame, meta...), floatBytes(m.Values)...)
}

var errFrame = errors.New("the worker's map cannot be read")

func decodeFrame(frame []byte) (m *attribution.Map, final bool, err error) {
	if len(frame) < 5 {
		return nil, false, errFrame
	}
	n := uint64(binary.LittleEndian.Uint32(frame[1:]))
	if n > uint64(len(frame)-5) {
		return nil, false, errFrame
	}
	m, err = mapFrom(frame[5:5+n], frame[5+n:])
	return m, frame[0] == 1, err
}

// mapFrom puts a map together from its metadata and its values.
func mapFrom(meta json.RawMessage, data []byte) (*attribution.Map, error) {
	m := new(attribution.Map)
	if err := json.Unmarshal(meta, m); err != nil {
		return nil, fmt.Errorf("read a map's description: %w", err)
	}
	if len(data) != 4*m.Width*m.Height*max(m.Channels, 1) {
		return nil, fmt.Errorf("a map of %d×%d cells and %d channels has %d bytes", m.Width, m.Height, max(m.Channels, 1), len(data))
	}
	m.Values = make([]float32, len(data)/4)
	for i := range m.Values {
		m.Values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return m, nil
}

// floatBytes is the values as little-endian float32.
func floatBytes(values []float32) []byte {
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return data
}
