#include "CKernels.h"

#include <string.h>

// Every result must equal the scalar rule bit for bit: no fused multiply-add, no reassociation.
#pragma clang fp contract(off)

#if defined(__x86_64__) && defined(__gnu_linux__)
#define CLONED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONED
#endif

// The smallest divisor; a smaller absmax counts as this one.
static const float smallest_divisor = 1e-38f;
static const uint32_t magnitude_bits = 0x7fffffffu;
static const uint32_t infinity_bits = 0x7f800000u;

static inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline float reciprocal_of(float absmax) {
  return 1.0f / (absmax > smallest_divisor ? absmax : smallest_divisor);
}

// Magnitudes order as their bit patterns do, with infinity and NaN last.
CLONED size_t lora_quantize_blocks_portable(
    const float *x, size_t blocks, size_t block_size, const float *thresholds,
    const uint8_t *codes, uint8_t *packed, float *absmax) {
  float edges[15];
  memcpy(edges, thresholds, sizeof edges);
  for (size_t block = 0; block < blocks; ++block) {
    const float *values = x + block * block_size;
    uint32_t largest = 0;
    for (size_t i = 0; i < block_size; ++i) {
      uint32_t magnitude = bits_of(values[i]) & magnitude_bits;
      largest = magnitude > largest ? magnitude : largest;
    }
    if (largest >= infinity_bits) return block;
    absmax[block] = float_of(largest);
    float reciprocal = reciprocal_of(absmax[block]);
    uint8_t *bytes = packed + block * block_size / 2;
    for (size_t start = 0; start < block_size; start += 16) {
      uint32_t levels[16];
      for (int i = 0; i < 16; ++i) {
        float scaled = values[start + i] * reciprocal;
        uint32_t level = 0;
        for (int k = 0; k < 15; ++k) level += scaled > edges[k];
        levels[i] = level;
      }
      for (int i = 0; i < 8; ++i)
        bytes[start / 2 + i] = (uint8_t)(codes[levels[2 * i]] << 4 | codes[levels[2 * i + 1]]);
    }
  }
  return blocks;
}

// A table of the 256 pairs turns a byte into two values with one load.
CLONED void lora_dequantize_blocks_portable(
    const uint8_t *packed, size_t blocks, size_t block_size, const float *values,
    const float *absmax, float *x) {
  float pairs[256][2];
  for (int byte = 0; byte < 256; ++byte) {
    pairs[byte][0] = values[byte >> 4];
    pairs[byte][1] = values[byte & 15];
  }
  for (size_t block = 0; block < blocks; ++block) {
    const uint8_t *bytes = packed + block * block_size / 2;
    float *out = x + block * block_size;
    float scale = absmax[block];
    for (size_t i = 0; i < block_size / 2; ++i) {
      out[2 * i] = pairs[bytes[i]][0] * scale;
      out[2 * i + 1] = pairs[bytes[i]][1] * scale;
    }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

static inline int has_avx512(void) { return __builtin_cpu_supports("x86-64-v4"); }

// The number of thresholds below each value: a binary search of four permutations.
AVX512 static inline __m512i levels_of(__m512 scaled, __m512 thresholds) {
  __m512i level = _mm512_setzero_si512();
#define SEARCH(step)                                                                          \
  do {                                                                                        \
    __m512i probe = _mm512_add_epi32(level, _mm512_set1_epi32(step - 1));                     \
    __m512 threshold = _mm512_permutexvar_ps(probe, thresholds);                              \
    __mmask16 above = _mm512_cmp_ps_mask(scaled, threshold, _CMP_GT_OQ);                      \
    level = _mm512_mask_add_epi32(level, above, level, _mm512_set1_epi32(step));              \
  } while (0)
  SEARCH(8);
  SEARCH(4);
  SEARCH(2);
  SEARCH(1);
#undef SEARCH
  return level;
}

AVX512 static size_t quantize_blocks_avx512(
    const float *x, size_t blocks, size_t block_size, const float *thresholds,
    const uint8_t *codes, uint8_t *packed, float *absmax) {
  __m512 edges = _mm512_loadu_ps(thresholds);
  __m512i code_of_level = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)codes));
  __m512i magnitude = _mm512_set1_epi32((int)magnitude_bits);
  for (size_t block = 0; block < blocks; ++block) {
    const float *values = x + block * block_size;
    __m512i largest = _mm512_setzero_si512();
    for (size_t i = 0; i < block_size; i += 16) {
      __m512i bits = _mm512_and_si512(_mm512_loadu_si512(values + i), magnitude);
      largest = _mm512_max_epu32(largest, bits);
    }
    uint32_t bits = _mm512_reduce_max_epu32(largest);
    if (bits >= infinity_bits) return block;
    absmax[block] = float_of(bits);
    __m512 reciprocal = _mm512_set1_ps(reciprocal_of(absmax[block]));
    uint8_t *bytes = packed + block * block_size / 2;
    for (size_t i = 0; i < block_size; i += 16) {
      __m512i level = levels_of(_mm512_mul_ps(_mm512_loadu_ps(values + i), reciprocal), edges);
      __m512i code = _mm512_permutexvar_epi32(level, code_of_level);
      // A pair of codes is a 64-bit lane with the first one in its low half.
      __m512i pair = _mm512_or_si512(_mm512_slli_epi64(code, 4), _mm512_srli_epi64(code, 32));
      _mm_storel_epi64((__m128i *)(bytes + i / 2), _mm512_cvtepi64_epi8(pair));
    }
  }
  return blocks;
}

AVX512 static void dequantize_blocks_avx512(
    const uint8_t *packed, size_t blocks, size_t block_size, const float *values,
    const float *absmax, float *x) {
  __m512 table = _mm512_loadu_ps(values);
  for (size_t block = 0; block < blocks; ++block) {
    const uint8_t *bytes = packed + block * block_size / 2;
    float *out = x + block * block_size;
    __m512 scale = _mm512_set1_ps(absmax[block]);
    for (size_t i = 0; i < block_size; i += 16) {
      __m512i byte = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(bytes + i / 2)));
      // A permutation reads the low four bits of an index and ignores the others.
      __m512i codes = _mm512_or_si512(_mm512_slli_epi64(byte, 32), _mm512_srli_epi64(byte, 4));
      _mm512_storeu_ps(out + i, _mm512_mul_ps(_mm512_permutexvar_ps(codes, table), scale));
    }
  }
}
#endif

size_t lora_quantize_blocks(
    const float *x, size_t blocks, size_t block_size, const float *thresholds,
    const uint8_t *codes, uint8_t *packed, float *absmax) {
#if defined(__x86_64__)
  if (has_avx512())
    return quantize_blocks_avx512(x, blocks, block_size, thresholds, codes, packed, absmax);
#endif
  return lora_quantize_blocks_portable(x, blocks, block_size, thresholds, codes, packed, absmax);
}

void lora_dequantize_blocks(
    const uint8_t *packed, size_t blocks, size_t block_size, const float *values,
    const float *absmax, float *x) {
#if defined(__x86_64__)
  if (has_avx512()) {
    dequantize_blocks_avx512(packed, blocks, block_size, values, absmax, x);
    return;
  }
#endif
  lora_dequantize_blocks_portable(packed, blocks, block_size, values, absmax, x);
}

void lora_restore_scales(
    const uint8_t *codes, size_t count, const float *map, const float *nested_absmax,
    size_t nested_block_size, float offset, float *scales) {
  for (size_t start = 0, block = 0; start < count; start += nested_block_size, ++block) {
    size_t end = count - start < nested_block_size ? count : start + nested_block_size;
    for (size_t i = start; i < end; ++i) scales[i] = map[codes[i]] * nested_absmax[block] + offset;
  }
}

CLONED size_t lora_count_not_finite(const float *x, size_t count) {
  size_t found = 0;
  for (size_t i = 0; i < count; ++i) found += (bits_of(x[i]) & magnitude_bits) >= infinity_bits;
  return found;
}
