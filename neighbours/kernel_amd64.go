//go:build cgo

package neighbours

/*
#cgo CFLAGS: -O3
#include <immintrin.h>
#include <stdint.h>

__attribute__((target("avx512f,avx512bw,avx512vnni")))
static void dot_vnni(const uint8_t *codes, const int8_t *query, long n, long dim, int32_t *sums) {
	for (long i = 0; i < n; i++) {
		const uint8_t *row = codes + i * dim;
		__m512i sum = _mm512_setzero_si512();
		for (long j = 0; j < dim; j += 64)
			sum = _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(row + j), _mm512_loadu_si512(query + j));
		sums[i] = _mm512_reduce_add_epi32(sum);
	}
}

// Bytes are widened to 16 bits before they are multiplied: _mm256_maddubs_epi16 would saturate.
__attribute__((target("avx2")))
static void dot_avx2(const uint8_t *codes, const int8_t *query, long n, long dim, int32_t *sums) {
	for (long i = 0; i < n; i++) {
		const uint8_t *row = codes + i * dim;
		__m256i a = _mm256_setzero_si256(), b = a;
		for (long j = 0; j < dim; j += 32) {
			a = _mm256_add_epi32(a, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + j))),
				_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(query + j)))));
			b = _mm256_add_epi32(b, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + j + 16))),
				_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(query + j + 16)))));
		}
		__m256i all = _mm256_add_epi32(a, b);
		__m128i s = _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
		s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
		s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
		sums[i] = _mm_cvtsi128_si32(s);
	}
}
*/
import "C"

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

func native() (list []Kernel) {
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VNNI {
		list = append(list, Kernel{"vnni", func(codes []uint8, query []int8, sums []int32) {
			if len(sums) > 0 {
				C.dot_vnni((*C.uint8_t)(unsafe.Pointer(&codes[0])), (*C.int8_t)(unsafe.Pointer(&query[0])), C.long(len(sums)), C.long(len(query)), (*C.int32_t)(unsafe.Pointer(&sums[0])))
			}
		}})
	}
	if cpu.X86.HasAVX2 {
		list = append(list, Kernel{"avx2", func(codes []uint8, query []int8, sums []int32) {
			if len(sums) > 0 {
				C.dot_avx2((*C.uint8_t)(unsafe.Pointer(&codes[0])), (*C.int8_t)(unsafe.Pointer(&query[0])), C.long(len(sums)), C.long(len(query)), (*C.int32_t)(unsafe.Pointer(&sums[0])))
			}
		}})
	}
	return list
}
