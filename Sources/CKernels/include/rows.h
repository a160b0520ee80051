#pragma once

#include <stddef.h>
#include <stdint.h>

// Kernels of training that work row by row; see elementwise.h for `accumulates`.

/// y[row] = x[row] + bias.
void lora_add_row(const float *x, const float *bias, size_t rows, size_t columns, float *y);

/// sums[column] += the sum of a column, for the columns first..<last; the rows are added in order.
void lora_add_column_sums(
    const float *x, size_t rows, size_t columns, size_t first, size_t last, float *sums);

/// sums[index[row], column] += x[row, column] for the columns first..<last; the rows are added in
/// order.
void lora_add_to_rows(
    const float *x, const int32_t *index, size_t rows, size_t columns, size_t first, size_t last,
    float *sums);

/// sums[column] += Σ a · b over a column, for the columns first..<last.
void lora_add_column_dots(
    const float *a, const float *b, size_t rows, size_t columns, size_t first, size_t last,
    float *sums);

/// y = weight · x / √(mean(x²) + ε); `inverse` receives the factor 1/√… of each row.
void lora_rms_norm(
    const float *x, const float *weight, float epsilon, size_t rows, size_t columns, float *y,
    float *inverse);
/// dx = r · (w · dy − x · r² · mean(w · dy · x)) with the factor r of the row.
void lora_rms_norm_backward(
    const float *dy, const float *x, const float *weight, const float *inverse, size_t rows,
    size_t columns, float *dx, int accumulates);
/// dweight[column] += Σ dy · x · r, for the columns first..<last.
void lora_rms_norm_weight_gradient(
    const float *dy, const float *x, const float *inverse, size_t rows, size_t columns,
    size_t first, size_t last, float *dweight);

/// Turns the two halves of each head by the angle of its position: y₁ = x₁ cos − x₂ sin,
/// y₂ = x₂ cos + x₁ sin; `direction` −1 turns back. `cosines` and `sines` are [length, head / 2].
void lora_rotate(
    const float *x, const float *cosines, const float *sines, float direction, size_t first_row,
    size_t rows, size_t length, size_t heads, size_t head_size, float *y, int accumulates);

/// losses[row] = log Σ eˣ − x[label], or 0 where the label is negative; `logsums` receives the first
/// term.
void lora_cross_entropy(
    const float *logits, const int32_t *labels, size_t rows, size_t columns, float *losses,
    float *logsums);
/// dlogits = factor · (softmax − one-hot); 0 where the label is negative.
void lora_cross_entropy_backward(
    const float *logits, const int32_t *labels, const float *logsums, float factor, size_t rows,
    size_t columns, float *dlogits, int accumulates);

/// weight[row] *= factor[row].
void lora_scale_rows(const float *factors, size_t rows, size_t columns, float *x);

/// norms[row] = √Σ x².
void lora_row_norms(const float *x, size_t rows, size_t columns, float *norms);
