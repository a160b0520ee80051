#pragma once

#include <stddef.h>

#include "vector_math.h"

// Small matrix products whose sums stay in registers. Every element is summed from its first term to its
// last, whatever the number of rows.

// Sixteen numbers; the compiler splits them where the processor's registers are shorter.
enum { lane_count = 16, row_block = 8, widest_tile = 8 };
typedef float lanes __attribute__((vector_size(64), aligned(4)));

INLINE size_t padded(size_t count) { return (count + lane_count - 1) / lane_count * lane_count; }

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
