#pragma once

#include <stddef.h>
#include <stdint.h>

#include "attention.h"
#include "decoding.h"
#include "elementwise.h"
#include "products.h"
#include "rows.h"
#include "threads.h"

/// Quantizes whole blocks to four bits and returns the number of blocks done.
///
/// The number is smaller than `blocks` if and only if a block holds a NaN or an infinity: its
/// index. `block_size` is a multiple of 16; `thresholds` are 16 values in increasing order, the
/// last ones infinite; `codes` are the 16 codes by level. A value's level is the number of
/// thresholds strictly below `x * (1 / max(absmax, 1e-38))`. `packed` receives
/// `blocks * block_size / 2` bytes, the first code of a pair in the high half.
size_t lora_quantize_blocks(
    const float *x, size_t blocks, size_t block_size, const float *thresholds,
    const uint8_t *codes, uint8_t *packed, float *absmax);

/// Writes `values[code] * absmax` for whole blocks of packed codes.
///
/// `block_size` is a multiple of 16 and `values` are the 16 values by code.
void lora_dequantize_blocks(
    const uint8_t *packed, size_t blocks, size_t block_size, const float *values,
    const float *absmax, float *x);

/// The same without AVX-512, whatever the processor has.
size_t lora_quantize_blocks_portable(
    const float *x, size_t blocks, size_t block_size, const float *thresholds,
    const uint8_t *codes, uint8_t *packed, float *absmax);

/// The same without AVX-512, whatever the processor has.
void lora_dequantize_blocks_portable(
    const uint8_t *packed, size_t blocks, size_t block_size, const float *values,
    const float *absmax, float *x);

/// Writes `map[code] * nested_absmax[i / nested_block_size] + offset`, rounded twice.
void lora_restore_scales(
    const uint8_t *codes, size_t count, const float *map, const float *nested_absmax,
    size_t nested_block_size, float offset, float *scales);

/// The number of NaN and infinite values.
size_t lora_count_not_finite(const float *x, size_t count);
