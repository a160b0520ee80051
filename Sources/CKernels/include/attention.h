#pragma once

#include <stddef.h>

/// Causal attention with grouped queries. Queries and the output are [batch, length, heads, size],
/// keys and values [batch, length, key_heads, size]; heads share a key head in consecutive groups.
struct lora_attention {
  size_t length, heads, key_heads, size;
};

/// The floats of scratch memory that one call needs.
size_t lora_attention_scratch(struct lora_attention shape);

/// One key head of one sequence and all queries that share it: softmax(q kᵀ / √size) v over the
/// positions up to each query's own. `unit` counts sequences and in each of them key heads.
/// `peaks`, [batch, heads, length, 2], receives the largest score of every row before it is divided by √size,
/// and 1 / Σ e^(s − largest).
void lora_attention_forward(
    struct lora_attention shape, size_t unit, const float *q, const float *k, const float *v,
    float *out, float *peaks, float *scratch);

/// Where the gradients go; a missing one is not computed, and one with a flag is added.
struct lora_attention_gradients {
  float *q, *k, *v;
  int adds_to_q, adds_to_k, adds_to_v;
};

/// The gradients of the same unit.
void lora_attention_backward(
    struct lora_attention shape, size_t unit, const float *q, const float *k, const float *v,
    const float *out, const float *dout, const float *peaks,
    struct lora_attention_gradients gradients, float *scratch);
