package explain

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/task"
)

// DrawRequest is a call for maps over the image of a file: of channels summed. The
// answers are as many PNGs, each after its number (uint32): a second worker, where the
// first one died, begins again.
type DrawRequest struct {
	task.Image
	Colours string    `json:"colours"` // name of a colour map; "" for the map's own choice
	Maps    []SentMap `json:"maps"`
}

type SentMap struct {
	Meta   json.RawMessage `json:"meta"`
	Values []byte          `json:"values"` // little-endian float32
}

// drawnBytes is about how many bytes of values one call carries.
const drawnBytes = 2 << 20

// Draw draws maps over the image of their sample, as it is displayed, in a worker
// process: each becomes a PNG, which may be told twice. A map that means nothing is an
// error.
func (p Service) Draw(ctx context.Context, s *catalog.Sample, colours string, list []*attribution.Map, each func(i int, png []byte) error) error {
	done := 0
	for done < len(list) {
		r := DrawRequest{Image: task.ImageOf(s.Image()), Colours: colours}
		for size := 0; done+len(r.Maps) < len(list) && (size == 0 || size < drawnBytes); {
			m := list[done+len(r.Maps)].Summed()
			r.Maps = append(r.Maps, SentMap{MetaOf(m), floats.Bytes(m.Values)})
			size += 4 * len(m.Values)
		}
		err := p.Jobs.Call(ctx, CallDraw, task.JSON(r), func(answer []byte) error {
			if len(answer) < 4 {
				return errFrame
			}
			return each(done+int(binary.LittleEndian.Uint32(answer)), answer[4:])
		})
		if err != nil {
			return fmt.Errorf("draw maps over %s: %w", s.File, err)
		}
		done += len(r.Maps)
	}
	return nil
}
