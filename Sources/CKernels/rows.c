#include "rows.h"

#include <math.h>

#include "vector_math.h"

VECTORIZED void lora_add_row(
    const float *x, const float *bias, size_t rows, size_t columns, float *y) {
  for (size_t row = 0; row < rows; ++row) {
    EACH(i, columns)
      y[row * columns + i] = x[row * columns + i] + bias[i];
  }
}

// Goes through the rows with some neighbouring columns' sums in registers.
enum { column_block = 64 };

#define EACH_COLUMN_BLOCK(sums, term) \
  for (size_t start = first; start < last; start += column_block) { \
    if (last - start < column_block) { \
      for (size_t row = 0; row < rows; ++row) { \
        for (size_t i = start; i < last; ++i) sums[i] += term; \
      } \
      break; \
    } \
    float block[column_block]; \
    memcpy(block, sums + start, sizeof block); \
    for (size_t row = 0; row < rows; ++row) { \
      for (size_t j = 0; j < column_block; ++j) { \
        size_t i = start + j; \
        block[j] += term; \
      } \
    } \
    memcpy(sums + start, block, sizeof block); \
  }

VECTORIZED void lora_add_column_sums(
    const float *x, size_t rows, size_t columns, size_t first, size_t last, float *sums) {
  EACH_COLUMN_BLOCK(sums, x[row * columns + i])
}

VECTORIZED void lora_add_to_rows(
    const float *x, const int32_t *index, size_t rows, size_t columns, size_t first, size_t last,
    float *sums) {
  for (size_t row = 0; row < rows; ++row) {
    const float *from = x + row * columns + first;
    float *to = sums + (size_t)index[row] * columns + first;
    EACH(i, last - first) to[i] += from[i];
  }
}

VECTORIZED void lora_add_column_dots(
    const float *a, const float *b, size_t rows, size_t columns, size_t first, size_t last,
    float *sums) {
  EACH_COLUMN_BLOCK(sums, a[row * columns + i] * b[row * columns + i])
}

VECTORIZED void lora_rms_norm(
    const float *x, const float *weight, float epsilon, size_t rows, size_t columns, float *y,
    float *inverse) {
  for (size_t row = 0; row < rows; ++row) {
    const float *values = x + row * columns;
    float *out = y + row * columns;
    float sum = 0;
    {
      ANY_ORDER
      for (size_t i = 0; i < columns; ++i) sum += values[i] * values[i];
    }
    float factor = 1.0f / sqrtf(sum / (float)columns + epsilon);
    inverse[row] = factor;
    EACH(i, columns) out[i] = weight[i] * (values[i] * factor);
  }
}

VECTORIZED void lora_rms_norm_backward(
    const float *dy, const float *x, const float *weight, const float *inverse, size_t rows,
    size_t columns, float *dx, int accumulates) {
  for (size_t row = 0; row < rows; ++row) {
    const float *upstream = dy + row * columns, *values = x + row * columns;
    float *out = dx + row * columns;
    float factor = inverse[row], sum = 0;
    {
      ANY_ORDER
      for (size_t i = 0; i < columns; ++i) sum += upstream[i] * weight[i] * values[i];
    }
    float share = sum / (float)columns * factor * factor;
    if (accumulates) {
      EACH(i, columns)
        out[i] += factor * (weight[i] * upstream[i] - values[i] * share);
    } else {
      EACH(i, columns)
        out[i] = factor * (weight[i] * upstream[i] - values[i] * share);
    }
  }
}

VECTORIZED void lora_rms_norm_weight_gradient(
    const float *dy, const float *x, const float *inverse, size_t rows, size_t columns,
    size_t first, size_t last, float *dweight) {
  EACH_COLUMN_BLOCK(dweight, dy[row * columns + i] * (x[row * columns + i] * inverse[row]))
}

typedef float eight __attribute__((vector_size(32), aligned(4)));

INLINE void turn_head(
    const float *in, const float *cosine, const float *sine, float direction, size_t half,
    float *out, int accumulates) {
  size_t i = 0;
  // Heads are small: a loop of unknown length would be done one by one.
  for (; i + 8 <= half; i += 8) {
    eight first = *(const eight *)(in + i), second = *(const eight *)(in + half + i);
    eight c = *(const eight *)(cosine + i), s = direction * *(const eight *)(sine + i);
    eight a = first * c - second * s, b = second * c + first * s;
    if (accumulates) {
      a += *(eight *)(out + i);
      b += *(eight *)(out + half + i);
    }
    *(eight *)(out + i) = a;
    *(eight *)(out + half + i) = b;
  }
  for (; i < half; ++i) {
    float first = in[i], second = in[half + i], s = direction * sine[i];
    float a = first * cosine[i] - second * s, b = second * cosine[i] + first * s;
    out[i] = accumulates ? out[i] + a : a;
    out[half + i] = accumulates ? out[half + i] + b : b;
  }
}

VECTORIZED void lora_rotate(
    const float *x, const float *cosines, const float *sines, float direction, size_t first_row,
    size_t rows, size_t length, size_t heads, size_t head_size, float *y, int accumulates) {
  size_t half = head_size / 2;
  for (size_t row = 0; row < rows; ++row) {
    size_t position = (first_row + row) % length;
    const float *cosine = cosines + position * half, *sine = sines + position * half;
    for (size_t head = 0; head < heads; ++head) {
      const float *in = x + (row * heads + head) * head_size;
      float *out = y + (row * heads + head) * head_size;
      if (accumulates) turn_head(in, cosine, sine, direction, half, out, 1);
      else turn_head(in, cosine, sine, direction, half, out, 0);
    }
  }
}

VECTORIZED void lora_cross_entropy(
    const float *logits, const int32_t *labels, size_t rows, size_t columns, float *losses,
    float *logsums) {
  for (size_t row = 0; row < rows; ++row) {
    const float *values = logits + row * columns;
    losses[row] = 0;
    logsums[row] = 0;
    if (labels[row] < 0) continue;
    float largest = values[0], sum = 0;
    for (size_t i = 1; i < columns; ++i) largest = values[i] > largest ? values[i] : largest;
    {
      ANY_ORDER
      for (size_t i = 0; i < columns; ++i) sum += exponential(values[i] - largest);
    }
    logsums[row] = largest + logf(sum);
    losses[row] = logsums[row] - values[labels[row]];
  }
}

VECTORIZED void lora_cross_entropy_backward(
    const float *logits, const int32_t *labels, const float *logsums, float factor, size_t rows,
    size_t columns, float *dlogits, int accumulates) {
  for (size_t row = 0; row < rows; ++row) {
    const float *values = logits + row * columns;
    float *out = dlogits + row * columns;
    float scale = labels[row] < 0 ? 0.0f : factor, logsum = logsums[row];
    EACH(i, columns) {
      float before = accumulates ? out[i] : 0;
      float probability = scale == 0 ? 0 : exponential(values[i] - logsum);
      out[i] = before + scale * probability;
    }
    if (labels[row] >= 0) out[labels[row]] -= scale;
  }
}

VECTORIZED void lora_scale_rows(const float *factors, size_t rows, size_t columns, float *x) {
  for (size_t row = 0; row < rows; ++row) {
    EACH(i, columns) x[row * columns + i] *= factors[row];
  }
}

VECTORIZED void lora_row_norms(const float *x, size_t rows, size_t columns, float *norms) {
  for (size_t row = 0; row < rows; ++row) {
    ANY_ORDER
    float sum = 0;
    for (size_t i = 0; i < columns; ++i) sum += x[row * columns + i] * x[row * columns + i];
    norms[row] = sqrtf(sum);
  }
}
