#include "attention.h"

#include <math.h>

#include "decoding.h"
#include "tiles.h"
#include "vector_math.h"

// Sixteen at a time, so that a row of any length is done in whole vectors.
#define EACH_LANE(j) for (size_t j = 0; j < lane_count; ++j)

// What no score is below; its exponential vanishes.
static const float no_score = -1e30f;

// Hides what lies after the first `count` of `width` scores.
INLINE void hide(float *row, size_t count, size_t width) {
  for (size_t start = count / lane_count * lane_count; start < width; start += lane_count)
    EACH_LANE(j) row[start + j] = start + j < count ? row[start + j] : no_score;
}

// Halves are added to halves.
INLINE float sum_of(const lanes *values) {
  lanes x = *values;
  x += __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  x += __builtin_shufflevector(x, x, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
  x += __builtin_shufflevector(x, x, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3);
  return x[0] + x[1];
}

typedef int32_t lane_bits __attribute__((vector_size(64), aligned(4)));

// The larger of two numbers; where one is not a number, the second. That is one instruction, where a
// function that heeds such numbers takes several.
#define LARGER(a, b) ({ \
  lanes left = (a), right = (b); \
  lane_bits is_left = left > right; \
  (lanes)(((lane_bits)left & is_left) | ((lane_bits)right & ~is_left)); \
})

INLINE float largest_of(const float *row, size_t width) {
  lanes x = *(const lanes *)row;
  for (size_t start = lane_count; start < width; start += lane_count)
    x = LARGER(x, *(const lanes *)(row + start));
  x = LARGER(
      x, __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
  x = LARGER(x, __builtin_shufflevector(x, x, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7));
  x = LARGER(x, __builtin_shufflevector(x, x, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3));
  return x[0] > x[1] ? x[0] : x[1];
}

// Replaces scores by e^((score − largest) · scale); hidden ones become 0.
INLINE void exponentiate(float *row, size_t width, float largest, float scale) {
  for (size_t start = 0; start < width; start += lane_count) {
    float e[lane_count];
    EACH_LANE(j) {
      float score = row[start + j];
      e[j] = score > no_score ? exponential((score - largest) * scale) : 0.0f;
    }
    memcpy(row + start, e, sizeof e);
  }
}

INLINE float row_sum(const float *row, size_t width) {
  lanes sums = {0};
  for (size_t start = 0; start < width; start += lane_count) sums += *(const lanes *)(row + start);
  return sum_of(&sums);
}

INLINE void scale_row(float *row, size_t width, float factor) {
  for (size_t start = 0; start < width; start += lane_count)
    *(lanes *)(row + start) *= factor;
}

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

// [size, padded length] from [length, stride]; the padding is zero.
INLINE void transpose(const float *x, size_t stride, size_t length, size_t size, float *out) {
  size_t width = padded(length), c = 0;
  for (; c + lane_count <= size; c += lane_count) {
    for (size_t t = 0; t < width; t += lane_count) {
      lanes block[lane_count];
      for (int i = 0; i < lane_count; ++i)
        block[i] = t + i < length ? *(const lanes *)(x + (t + i) * stride + c) : (lanes){0};
      transpose_block(block);
      for (int i = 0; i < lane_count; ++i) *(lanes *)(out + (c + i) * width + t) = block[i];
    }
  }
  for (; c < size; ++c) {
    // Gathering vectors takes longer than single numbers.
#pragma clang loop vectorize(disable)
    for (size_t t = 0; t < length; ++t) out[c * width + t] = x[t * stride + c];
    for (size_t t = length; t < width; ++t) out[c * width + t] = 0;
  }
}

size_t lora_attention_scratch(struct lora_attention s) {
  return 2 * padded(s.length) * (s.size + s.length);
}

VECTORIZED void lora_attention_forward(
    struct lora_attention s, size_t unit, const float *q, const float *k, const float *v,
    float *out, float *peaks, float *scratch) {
  size_t sequence = unit / s.key_heads, key_head = unit % s.key_heads;
  size_t group = s.heads / s.key_heads, width = padded(s.length);
  size_t q_row = s.heads * s.size, k_row = s.key_heads * s.size;
  k += sequence * s.length * k_row + key_head * s.size;
  v += sequence * s.length * k_row + key_head * s.size;
  float scale = 1.0f / sqrtf((float)s.size);
  float *keys = scratch, *scores = keys + s.size * width;
  transpose(k, k_row, s.length, s.size, keys);
  for (size_t head = key_head * group; head < (key_head + 1) * group; ++head) {
    size_t start = sequence * s.length * q_row + head * s.size;
    float *peak = peaks + (sequence * s.heads + head) * 2 * s.length;
    for (size_t first = 0; first < s.length; first += row_block) {
      size_t rows = least(row_block, s.length - first), reach = first + rows;
      product(
          (struct factors){q + start + first * q_row, q_row, 1, keys, width, scores, width}, rows,
          padded(reach), s.size, 0);
      // In separate loops, in which the processor works on several rows at a time.
      size_t end = padded(reach);
      float largest[row_block], inverse[row_block];
      for (size_t i = 0; i < rows; ++i) {
        hide(scores + i * width, first + i + 1, end);
        largest[i] = largest_of(scores + i * width, end);
      }
      for (size_t i = 0; i < rows; ++i)
        exponentiate(scores + i * width, end, largest[i], scale);
      for (size_t i = 0; i < rows; ++i) inverse[i] = 1.0f / row_sum(scores + i * width, end);
      for (size_t i = 0; i < rows; ++i) {
        scale_row(scores + i * width, end, inverse[i]);
        peak[2 * (first + i)] = largest[i];
        peak[2 * (first + i) + 1] = inverse[i];
      }
      product(
          (struct factors){scores, width, 1, v, k_row, out + start + first * q_row, q_row}, rows,
          s.size, reach, 0);
    }
  }
}

VECTORIZED void lora_attention_backward(
    struct lora_attention s, size_t unit, const float *q, const float *k, const float *v,
    const float *out, const float *dout, const float *peaks,
    struct lora_attention_gradients gradients, float *scratch) {
  float *dq = gradients.q, *dk = gradients.k, *dv = gradients.v;
  size_t sequence = unit / s.key_heads, key_head = unit % s.key_heads;
  size_t group = s.heads / s.key_heads, width = padded(s.length);
  size_t q_row = s.heads * s.size, k_row = s.key_heads * s.size;
  size_t k_start = sequence * s.length * k_row + key_head * s.size;
  float scale = 1.0f / sqrtf((float)s.size);
  float *keys = scratch, *values = keys + s.size * width;
  float *scores = values + s.size * width, *slopes = scores + s.length * width;
  transpose(k + k_start, k_row, s.length, s.size, keys);
  transpose(v + k_start, k_row, s.length, s.size, values);
  for (size_t head = key_head * group; head < (key_head + 1) * group; ++head) {
    int later = head > key_head * group;
    size_t start = sequence * s.length * q_row + head * s.size;
    const float *peak = peaks + (sequence * s.heads + head) * 2 * s.length;
    for (size_t first = 0; first < s.length; first += row_block) {
      size_t rows = least(row_block, s.length - first), reach = first + rows;
      size_t place = start + first * q_row;
      float *score = scores + first * width, *slope = slopes + first * width;
      product(
          (struct factors){q + place, q_row, 1, keys, width, score, width}, rows, padded(reach),
          s.size, 0);
      product(
          (struct factors){dout + place, q_row, 1, values, width, slope, width}, rows,
          padded(reach), s.size, 0);
      for (size_t i = 0; i < rows; ++i) {
        float *p = score + i * width, *d = slope + i * width;
        size_t count = first + i + 1;
        float dot = 0, largest = peak[2 * (first + i)], inverse = peak[2 * (first + i) + 1];
        {
          ANY_ORDER
          for (size_t c = 0; c < s.size; ++c)
            dot += out[place + i * q_row + c] * dout[place + i * q_row + c];
        }
        for (size_t start = 0; start < reach; start += lane_count) {
          EACH_LANE(j) {
            float e = exponential((p[start + j] - largest) * scale) * inverse;
            e = start + j < count ? e : 0.0f;
            p[start + j] = e;
            d[start + j] = e * (d[start + j] - dot) * scale;
          }
        }
      }
      if (dq) {
        product(
            (struct factors){slope, width, 1, k + k_start, k_row, dq + place, q_row}, rows, s.size,
            reach, gradients.adds_to_q);
      }
    }
    for (size_t first = 0; first < s.length; first += row_block) {
      size_t rows = least(row_block, s.length - first), left = s.length - first;
      size_t corner = first * width + first, place = start + first * q_row;
      if (dk) {
        product(
            (struct factors){
                slopes + corner, 1, width, q + place, q_row, dk + k_start + first * k_row, k_row},
            rows, s.size, left, gradients.adds_to_k || later);
      }
      if (dv) {
        product(
            (struct factors){
                scores + corner, 1, width, dout + place, q_row, dv + k_start + first * k_row,
                k_row},
            rows, s.size, left, gradients.adds_to_v || later);
      }
    }
  }
}

size_t lora_memory_of_sequence(struct lora_attention s) {
  return s.key_heads * s.size * (padded(s.length) + s.length);
}

void lora_remember(
    struct lora_attention s, size_t position, const float *k, const float *v, float *memory) {
  size_t width = padded(s.length);
  float *values = memory + s.key_heads * s.size * width;
  for (size_t i = 0; i < s.key_heads * s.size; ++i) memory[i * width + position] = k[i];
  for (size_t head = 0; head < s.key_heads; ++head)
    memcpy(
        values + (head * s.length + position) * s.size, v + head * s.size, s.size * sizeof(float));
}

VECTORIZED void lora_recall(
    struct lora_attention s, size_t position, const float *q, const float *memory, float *out,
    float *scores) {
  size_t group = s.heads / s.key_heads, width = padded(s.length), reach = position + 1;
  size_t end = padded(reach);
  float scale = 1.0f / sqrtf((float)s.size);
  for (size_t key_head = 0; key_head < s.key_heads; ++key_head) {
    const float *keys = memory + key_head * s.size * width;
    const float *values =
        memory + s.key_heads * s.size * width + key_head * s.length * s.size;
    size_t start = key_head * group * s.size;
    for (size_t head = 0; head < group; ++head, start += s.size) {
      product((struct factors){q + start, s.size, 1, keys, width, scores, width}, 1, end, s.size, 0);
      hide(scores, reach, end);
      exponentiate(scores, end, largest_of(scores, end), scale);
      scale_row(scores, end, 1.0f / row_sum(scores, end));
      product(
          (struct factors){scores, width, 1, values, s.size, out + start, s.size}, 1, s.size, reach,
          0);
    }
  }
}
