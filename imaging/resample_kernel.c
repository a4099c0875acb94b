#include "resample_kernel.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 32 - 8 - 2, HALF = 1 << (BITS - 1), LOW_BITS = 11, SLACK = 64 };

static inline uint8_t clip8(int32_t v) {
	v >>= BITS;
	return v < 0 ? 0 : v > 255 ? 255 : v;
}

// weight_of puts tap k of a row of quads together again.
static inline int32_t weight_of(const int32_t *quads, int k) {
	const int16_t *part = (const int16_t *) (quads + k / 4 * 4 + k % 4 / 2 * 2) + k % 2;
	return part[0] * (1 << LOW_BITS) + part[2];
}

static void horizontal_row(const uint8_t *in, uint8_t *out, int n,
	const int32_t *first, const int32_t *count, const int32_t *quads, int size) {
	for (int i = 0; i < n; i++, quads += size) {
		const uint8_t *p = in + 3 * (size_t) first[i];
		int32_t r = HALF, g = HALF, b = HALF;
		for (int k = 0; k < count[i]; k++, p += 3) {
			int32_t w = weight_of(quads, k);
			r += p[0] * w;
			g += p[1] * w;
			b += p[2] * w;
		}
		*out++ = clip8(r);
		*out++ = clip8(g);
		*out++ = clip8(b);
	}
}

static void vertical_row(const uint8_t *in, int bytes, uint8_t *out, int from, int count, const int32_t *weights) {
	for (int i = from; i < bytes; i++) {
		int32_t sum = HALF;
		for (int k = 0; k < count; k++)
			sum += in[(size_t) k * bytes + i] * weights[k];
		out[i] = clip8(sum);
	}
}

#if defined(__x86_64__)
#include <immintrin.h>
#define VECTORS 1

static int vectors;

__attribute__((constructor)) static void detect(void) {
	__builtin_cpu_init();
	sl_use_vectors(1);
}

int sl_use_vectors(int on) {
	vectors = on && __builtin_cpu_supports("avx2") != 0;
	return vectors;
}

// Two rows at once, one in each 128-bit half; four taps a step. The products
// need 8+22 bits, a multiply-add instruction has 16: so each weight comes in two
// parts of 11 bits, whose sums are put together at the end. The sums may wrap on
// the way, which cancels out: the total fits 32 bits.
__attribute__((target("avx2")))
static void horizontal_two(const uint8_t *row0, const uint8_t *row1, uint8_t *out0, uint8_t *out1, int n,
	const int32_t *first, const int32_t *count, const int32_t *quads, int size) {
	const __m256i pixels01 = _mm256_setr_epi8(
		0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,
		0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
	const __m256i pixels23 = _mm256_setr_epi8(
		6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1,
		6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
	for (int i = 0; i < n; i++, quads += size) {
		size_t at = 3 * (size_t) first[i];
		const uint8_t *p0 = row0 + at, *p1 = row1 + at;
		__m256i high = _mm256_setzero_si256(), low = _mm256_set1_epi32(HALF);
		for (int k = 0; k < count[i]; k += 4, p0 += 12, p1 += 12) {
			const int32_t *q = quads + k;
			__m256i p = _mm256_inserti128_si256(
				_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *) p0)),
				_mm_loadu_si128((const __m128i *) p1), 1);
			__m256i a = _mm256_shuffle_epi8(p, pixels01), b = _mm256_shuffle_epi8(p, pixels23);
			high = _mm256_add_epi32(high, _mm256_madd_epi16(a, _mm256_set1_epi32(q[0])));
			low = _mm256_add_epi32(low, _mm256_madd_epi16(a, _mm256_set1_epi32(q[1])));
			high = _mm256_add_epi32(high, _mm256_madd_epi16(b, _mm256_set1_epi32(q[2])));
			low = _mm256_add_epi32(low, _mm256_madd_epi16(b, _mm256_set1_epi32(q[3])));
		}
		__m256i sum = _mm256_srai_epi32(_mm256_add_epi32(_mm256_slli_epi32(high, LOW_BITS), low), BITS);
		sum = _mm256_packs_epi32(sum, sum);
		sum = _mm256_packus_epi16(sum, sum);
		uint32_t v0 = _mm256_extract_epi32(sum, 0), v1 = _mm256_extract_epi32(sum, 4);
		memcpy(out0, &v0, 2);
		memcpy(out1, &v1, 2);
		out0[2] = v0 >> 16;
		out1[2] = v1 >> 16;
		out0 += 3;
		out1 += 3;
	}
}

// vertical_vectors does as many whole groups of 16 bytes as fit, and returns how
// many bytes that were. Two rows per step, their bytes interleaved.
__attribute__((target("avx2")))
static int vertical_vectors(const uint8_t *in, int bytes, uint8_t *out, int count, const int32_t *weights) {
	int i = 0;
	for (; i + 16 <= bytes; i += 16) {
		__m256i high0 = _mm256_setzero_si256(), high1 = high0;
		__m256i low0 = _mm256_set1_epi32(HALF), low1 = low0;
		const uint8_t *p = in + i;
		for (int k = 0; k < count; k += 2, p += 2 * (size_t) bytes) {
			int32_t w0 = weights[k], w1 = k + 1 < count ? weights[k + 1] : 0;
			__m128i a = _mm_loadu_si128((const __m128i *) p);
			__m128i b = k + 1 < count ? _mm_loadu_si128((const __m128i *) (p + bytes)) : a;
			__m256i v0 = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(a, b));
			__m256i v1 = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(a, b));
			__m256i wh = _mm256_set1_epi32((int32_t) ((uint32_t) (w0 >> LOW_BITS & 0xFFFF) | (uint32_t) (w1 >> LOW_BITS) << 16));
			__m256i wl = _mm256_set1_epi32((w0 & ((1 << LOW_BITS) - 1)) | (w1 & ((1 << LOW_BITS) - 1)) << 16);
			high0 = _mm256_add_epi32(high0, _mm256_madd_epi16(v0, wh));
			low0 = _mm256_add_epi32(low0, _mm256_madd_epi16(v0, wl));
			high1 = _mm256_add_epi32(high1, _mm256_madd_epi16(v1, wh));
			low1 = _mm256_add_epi32(low1, _mm256_madd_epi16(v1, wl));
		}
		__m256i s0 = _mm256_srai_epi32(_mm256_add_epi32(_mm256_slli_epi32(high0, LOW_BITS), low0), BITS);
		__m256i s1 = _mm256_srai_epi32(_mm256_add_epi32(_mm256_slli_epi32(high1, LOW_BITS), low1), BITS);
		// packs interleaves the halves: 0-3, 8-11 | 4-7, 12-15.
		__m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(s0, s1), 0xD8);
		__m256i packed = _mm256_packus_epi16(words, words);
		__m128i result = _mm256_castsi256_si128(_mm256_permute4x64_epi64(packed, 0x08));
		_mm_storeu_si128((__m128i *) (out + i), result);
	}
	return i;
}
#else
#define VECTORS 0
int sl_use_vectors(int on) { return 0; }
#endif

void sl_horizontal(const uint8_t *in, size_t stride, size_t available, int rows, int width,
	uint8_t *out, int n, const int32_t *first, const int32_t *count, const int32_t *quads, int size) {
	int y = 0;
#if VECTORS
	size_t row_bytes = 3 * (size_t) width, out_bytes = 3 * (size_t) n;
	if (vectors) {
		// The vector code reads a little past a row: a row with nothing behind
		// it is copied first.
		uint8_t *copy = NULL;
		for (; y < rows; y += 2) {
			const uint8_t *row[2];
			for (int j = 0; j < 2; j++) {
				size_t at = stride * (size_t) (y + j < rows ? y + j : y);
				row[j] = in + at;
				if (at + row_bytes + SLACK <= available)
					continue;
				if (!copy && !(copy = calloc(2, row_bytes + SLACK)))
					goto plain;
				row[j] = memcpy(copy + j * (row_bytes + SLACK), in + at, row_bytes);
			}
			uint8_t *o = out + out_bytes * y;
			horizontal_two(row[0], row[1], o, y + 1 < rows ? o + out_bytes : o, n, first, count, quads, size);
		}
	plain:
		free(copy);
	}
#endif
	for (; y < rows; y++)
		horizontal_row(in + stride * y, out + 3 * (size_t) n * y, n, first, count, quads, size);
}

void sl_vertical(const uint8_t *in, int bytes, uint8_t *out, int n,
	const int32_t *first, const int32_t *count, const int32_t *weights, int size) {
	for (int y = 0; y < n; y++, weights += size, out += bytes) {
		const uint8_t *rows = in + (size_t) first[y] * bytes;
		int done = 0;
#if VECTORS
		if (vectors)
			done = vertical_vectors(rows, bytes, out, count[y], weights);
#endif
		vertical_row(rows, bytes, out, done, count[y], weights);
	}
}
