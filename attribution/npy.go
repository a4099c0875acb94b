package attribution

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/sightline/sightline/imaging"
)

// npyMagic opens a NumPy .npy file of format version 1.0.
const npyMagic = "\x93NUMPY\x01\x00"

// maxNPY bounds the cells of a map that ReadNPY accepts: far above any map,
// far below what a damaged header could make it allocate.
const maxNPY = 1 << 26

// WriteNPY writes values as a NumPy array of shape (height, width), float32,
// little-endian, C order: numpy.load reads it.
func WriteNPY(w io.Writer, values []float32, width, height int) error {
	return writeNPY(w, values, height, width)
}

// WriteNPY writes the map as a NumPy array: of shape (height, width), or, where it
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
	for _, v := range values {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
	}
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("write .npy: %w", err)
	}
	return nil
}

var npyHeader = regexp.MustCompile(`^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d{1,9}), (\d{1,9})\), ?\} *\n$`)

// ReadNPY reads what WriteNPY wrote, and any .npy file of version 1.0 that holds
// a two-dimensional little-endian float32 array in C order.
func ReadNPY(r io.Reader) (values []float32, width, height int, err error) {
	in := bufio.NewReader(r)
	start := make([]byte, len(npyMagic)+2)
	if _, err := io.ReadFull(in, start); err != nil {
		return nil, 0, 0, fmt.Errorf("read .npy: %w", err)
	}
	if string(start[:len(npyMagic)]) != npyMagic {
		return nil, 0, 0, fmt.Errorf("read .npy: not a NumPy file of format 1.0")
	}
	header := make([]byte, binary.LittleEndian.Uint16(start[len(npyMagic):]))
	if _, err := io.ReadFull(in, header); err != nil {
		return nil, 0, 0, fmt.Errorf("read .npy header: %w", err)
	}
	shape := npyHeader.FindSubmatch(header)
	if shape == nil {
		return nil, 0, 0, fmt.Errorf("read .npy: want a float32 array of two dimensions, the header says %q", header)
	}
	height, _ = strconv.Atoi(string(shape[1]))
	width, _ = strconv.Atoi(string(shape[2]))
	if height*width > maxNPY {
		return nil, 0, 0, fmt.Errorf("read .npy: %d×%d is larger than any map", width, height)
	}
	data, err := io.ReadAll(io.LimitReader(in, int64(4*width*height)))
	if err != nil {
		return nil, 0, 0, fmt.Errorf("read .npy values: %w", err)
	}
	if len(data) != 4*width*height {
		return nil, 0, 0, fmt.Errorf("read .npy: %d bytes of values where %d×%d need %d: the file is cut off", len(data), width, height, 4*width*height)
	}
	values = make([]float32, width*height)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return values, width, height, nil
}
