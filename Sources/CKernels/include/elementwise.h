#pragma once

#include <stddef.h>
#include <stdint.h>

// Kernels of training that treat every element alike. `dx` of a backward kernel receives the
// gradient, or has it added where `accumulates` is not 0; it may be the same memory as `dy` where it
// receives it.

/// y = a + factor · b.
void lora_add(const float *a, const float *b, float factor, size_t count, float *y);

/// y += factor · x.
void lora_add_scaled(const float *x, float factor, size_t count, float *y);

/// y = factor · x.
void lora_scale(const float *x, float factor, size_t count, float *y);

/// y = a · b.
void lora_multiply(const float *a, const float *b, size_t count, float *y);
/// da = dy · b.
void lora_multiply_backward(
    const float *dy, const float *b, size_t count, float *da, int accumulates);

/// y = tanh(x).
void lora_tanh(const float *x, size_t count, float *y);
/// dx = dy · (1 − y²), from the output.
void lora_tanh_backward(const float *dy, const float *y, size_t count, float *dx, int accumulates);

/// y = x / (1 + e⁻ˣ).
void lora_silu(const float *x, size_t count, float *y);
void lora_silu_backward(const float *dy, const float *x, size_t count, float *dx, int accumulates);

/// y = silu(gate) · up.
void lora_swiglu(const float *gate, const float *up, size_t count, float *y);
/// Either gradient may be missing.
void lora_swiglu_backward(
    const float *dy, const float *gate, const float *up, size_t count, float *dgate,
    int gate_accumulates, float *dup, int up_accumulates);

/// y = x / (1 − p) where the hash of the element's index is at least the threshold, else 0.
///
/// The index counts from `first`, so that any part of a tensor can be done alone.
void lora_dropout(
    const float *x, uint64_t key, uint32_t threshold, float scale, size_t first, size_t count,
    float *y, int accumulates);

/// The settings of one AdamW step, in the order of PyTorch's `torch.optim.AdamW`.
struct lora_adamw {
  float gradient_factor;
  /// 1 − rate · weight decay.
  float decay;
  float beta1, beta2;
  /// rate / (1 − β₁ᵗ).
  float step_size;
  /// √(1 − β₂ᵗ).
  float root_of_correction;
  float epsilon;
};

/// One AdamW step on parameters with their first and second moments.
void lora_adamw_step(
    struct lora_adamw settings, const float *gradient, size_t count, float *parameter,
    float *first_moment, float *second_moment);

/// velocity = momentum · velocity + g, parameter −= rate · velocity, with g = gradient · factor +
/// decay · parameter.
void lora_sgd_step(
    float gradient_factor, float rate, float momentum, float decay, const float *gradient,
    size_t count, float *parameter, float *velocity);

/// Σ log(1 + eˣ) − x · target, in double precision; no exponential overflows.
double lora_binary_cross_entropy(const float *x, const float *target, size_t count);
/// dx = factor · (1 / (1 + e⁻ˣ) − target).
void lora_binary_cross_entropy_backward(
    const float *x, const float *target, float factor, size_t count, float *dx, int accumulates);

/// The sum of squares, in double precision.
double lora_sum_of_squares(const float *x, size_t count);
