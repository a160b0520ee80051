#pragma once

#include <stddef.h>

#include "vector_math.h"

// Small matrix products whose sums stay in registers. Every element is summed from its first term to its
// last, whatever the number of rows.

// Sixteen numbers; the compiler splits them where the processor's registers are shorter.
enum { lane_count = 16, row_block = 8, widest_tile = 8 };
typedef float lanes __attribute__((vector_size(64), aligned(4)));

INLINE size_t padded(size_t count) { return (count + lane_count - 1) / lane_count * lane_count; }

// Two vectors mixed: single numbers, pairs and groups of four by turns, from the lower or the upper
// ones.
#define LOWER_SINGLES 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29
#define UPPER_SINGLES 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31
#define LOWER_PAIRS 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define UPPER_PAIRS 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define EVEN_FOURS 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
#define ODD_FOURS 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31
#define MIX(a, b, how) __builtin_shufflevector(a, b, how)

INLINE void transpose_block(lanes *x) {
  lanes y[lane_count];
  for (int i = 0; i < lane_count; i += 4) {
    lanes a = MIX(x[i], x[i + 1], LOWER_SINGLES), b = MIX(x[i], x[i + 1], UPPER_SINGLES);
    lanes c = MIX(x[i + 2], x[i + 3], LOWER_SINGLES), d = MIX(x[i + 2], x[i + 3], UPPER_SINGLES);
    y[i] = MIX(a, c, LOWER_PAIRS);
    y[i + 1] = MIX(a, c, UPPER_PAIRS);
    y[i + 2] = MIX(b, d, LOWER_PAIRS);
    y[i + 3] = MIX(b, d, UPPER_PAIRS);
  }
  for (int i = 0; i < 4; ++i) {
    lanes a = MIX(y[i], y[i + 4], EVEN_FOURS), b = MIX(y[i], y[i + 4], ODD_FOURS);
    lanes c = MIX(y[i + 8], y[i + 12], EVEN_FOURS), d = MIX(y[i + 8], y[i + 12], ODD_FOURS);
    x[i] = MIX(a, c, EVEN_FOURS);
    x[i + 4] = MIX(b, d, EVEN_FOURS);
    x[i + 8] = MIX(a, c, ODD_FOURS);
    x[i + 12] = MIX(b, d, ODD_FOURS);
  }
}

// c[rows, columns] (+)= a[rows, inner] · b[inner, columns]; a is read through two strides, so that
// it can be transposed, and all others row by row.
struct factors {
  const float *a;
  size_t a_row, a_column;
  const float *b;
  size_t b_row;
  float *c;
  size_t c_row;
};

INLINE void tile(
    struct factors f, size_t column, size_t inner, int accumulates, int rows, int vectors) {
  FUSED
  lanes sums[row_block][widest_tile];
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < vectors; ++j) {
      sums[i][j] = (lanes){0};
      if (accumulates) sums[i][j] = *(lanes *)(f.c + i * f.c_row + column + j * lane_count);
    }
  }
  for (size_t p = 0; p < inner; ++p) {
    lanes b[widest_tile];
    for (int j = 0; j < vectors; ++j)
      b[j] = *(const lanes *)(f.b + p * f.b_row + column + j * lane_count);
    for (int i = 0; i < rows; ++i) {
      float a = f.a[i * f.a_row + p * f.a_column];
      for (int j = 0; j < vectors; ++j) sums[i][j] += a * b[j];
    }
  }
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < vectors; ++j)
      *(lanes *)(f.c + i * f.c_row + column + j * lane_count) = sums[i][j];
  }
}

INLINE void tiles(
    struct factors f, size_t columns, size_t inner, int accumulates, int rows) {
  FUSED
  size_t column = 0;
  for (; column + 2 * lane_count <= columns; column += 2 * lane_count)
    tile(f, column, inner, accumulates, rows, 2);
  for (; column + lane_count <= columns; column += lane_count)
    tile(f, column, inner, accumulates, rows, 1);
  for (int i = 0; i < rows; ++i) {
    for (size_t j = column; j < columns; ++j) {
      float sum = accumulates ? f.c[i * f.c_row + j] : 0;
      for (size_t p = 0; p < inner; ++p)
        sum += f.a[i * f.a_row + p * f.a_column] * f.b[p * f.b_row + j];
      f.c[i * f.c_row + j] = sum;
    }
  }
}

// The rows go in groups whose sums stay in registers.
INLINE void product(
    struct factors f, size_t rows, size_t columns, size_t inner, int accumulates) {
  while (rows > 0) {
    size_t group = rows >= 8 ? 8 : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
    switch (group) {
      case 8: tiles(f, columns, inner, accumulates, 8); break;
      case 4: tiles(f, columns, inner, accumulates, 4); break;
      case 2: tiles(f, columns, inner, accumulates, 2); break;
      default: tiles(f, columns, inner, accumulates, 1); break;
    }
    f.a += group * f.a_row;
    f.c += group * f.c_row;
    rows -= group;
  }
}
