// The two passes of Pillow's 8-bit resampling on interleaved RGB; see
// resample.go for the arithmetic and for what the arguments hold.
#ifndef SIGHTLINE_RESAMPLE_KERNEL_H
#define SIGHTLINE_RESAMPLE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

// sl_horizontal resamples rows of width pixels at in, each stride bytes after
// the last, to rows of n pixels at out. available counts the readable bytes at
// in. Output pixel i is the weighted sum of count[i] pixels from first[i], whose
// weights are split into quads: see splitWeights in resample.go.
void sl_horizontal(const uint8_t *in, size_t stride, size_t available, int rows, int width,
	uint8_t *out, int n, const int32_t *first, const int32_t *count, const int32_t *quads, int size);

// sl_vertical writes n rows of bytes bytes: row y is the weighted sum of count[y]
// rows of in from first[y].
void sl_vertical(const uint8_t *in, int bytes, uint8_t *out, int n,
	const int32_t *first, const int32_t *count, const int32_t *weights, int size);

// sl_use_vectors switches the AVX2 code on (1, where the processor has it) or
// off (0), for tests; it returns what is in use then.
int sl_use_vectors(int on);

#endif
