#pragma once

#include <stddef.h>

#include "attention.h"

// Kernels of generating text, in which every token is computed once and sequences have different
// lengths. No result depends on how many rows are computed together.

/// The next multiple of a vector's length.
size_t lora_padded(size_t count);

/// The transpose of weights [rows, columns], as [columns, padded rows] with zeros at the end.
void lora_transpose_padded(const float *weight, size_t rows, size_t columns, float *out);

/// y = x · weight, with x of [rows, inner] and a transposed weight of [inner, padded columns]; y is
/// [rows, columns].
void lora_rows_product(
    const float *x, const float *weight, size_t rows, size_t columns, size_t inner, float *y);

/// The floats of what one sequence remembers: its keys [key_heads, size, padded length] and then its
/// values [key_heads, length, size].
size_t lora_memory_of_sequence(struct lora_attention shape);

/// Keeps the key and the value of a position, [key_heads, size] each.
void lora_remember(
    struct lora_attention shape, size_t position, const float *k, const float *v, float *memory);

/// Attention of one position's queries, [heads, size], to itself and all positions before it.
///
/// `scratch` holds `lora_attention_scratch` floats.
void lora_recall(
    struct lora_attention shape, size_t position, const float *q, const float *memory, float *out,
    float *scratch);
