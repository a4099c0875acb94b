package attribution

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/floats"
)

// npyMagic opens a NumPy .npy file of format version 1.0.
const npyMagic = "\x93NUMPY\x01\x00"

// WriteNPY writes the map as a NumPy array, float32, little-endian, C order, which
// numpy.load reads: of shape (height, width), or, where it
// keeps channels, (channels, height, width) or (height, width, channels) as the
// model's own input layout has it.
func (m *Map) WriteNPY(w io.Writer) error {
	switch {
	case m.Channels == 0:
		return writeNPY(w, m.Values, m.Height, m.Width)
	case m.Layout == imaging.NHWC:
		return writeNPY(w, m.Values, m.Height, m.Width, m.Channels)
	}
	return writeNPY(w, m.Values, m.Channels, m.Height, m.Width)
}

func writeNPY(w io.Writer, values []float32, shape ...int) error {
	count, dims := 1, make([]string, len(shape))
	for i, n := range shape {
		count *= n
		dims[i] = strconv.Itoa(n)
	}
	if len(values) != count {
		return fmt.Errorf("write .npy: %d values are not %s", len(values), strings.Join(dims, "×"))
	}
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", strings.Join(dims, ", "))
	// NumPy pads with spaces so that the data start at a multiple of 64.
	for (len(npyMagic)+2+len(header)+1)%64 != 0 {
		header += " "
	}
	header += "\n"
	out := append([]byte(npyMagic), 0, 0)
	binary.LittleEndian.PutUint16(out[len(npyMagic):], uint16(len(header)))
	out = append(out, header...)
	out = floats.Append(out, values)
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("write .npy: %w", err)
	}
	return nil
}
