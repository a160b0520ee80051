#include "decoding.h"

#include <string.h>

#include "tiles.h"
#include "vector_math.h"

size_t lora_padded(size_t count) { return padded(count); }

// Few rows need wide tiles: each sum waits for its last term, so many have to be under way.
INLINE void wide_tiles(struct factors f, size_t columns, size_t inner, int rows, int vectors) {
  size_t column = 0, wide = vectors * lane_count;
  for (; column + wide <= columns; column += wide) tile(f, column, inner, 0, rows, vectors);
  for (; column + lane_count <= columns; column += lane_count) tile(f, column, inner, 0, rows, 1);
  if (column == columns) return;
  // The last vector goes beyond the row of the result.
  float last[row_block][lane_count];
  struct factors rest = f;
  rest.b += column;
  rest.c = last[0];
  rest.c_row = lane_count;
  tile(rest, 0, inner, 0, rows, 1);
  for (int i = 0; i < rows; ++i)
    memcpy(f.c + i * f.c_row + column, last[i], (columns - column) * sizeof(float));
}

VECTORIZED void lora_rows_product(
    const float *x, const float *weight, size_t rows, size_t columns, size_t inner, float *y) {
  struct factors f = {x, inner, 1, weight, padded(columns), y, columns};
  while (rows > 0) {
    size_t group = rows >= 8 ? 8 : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
    switch (group) {
      case 8: wide_tiles(f, columns, inner, 8, 2); break;
      case 4: wide_tiles(f, columns, inner, 4, 4); break;
      case 2: wide_tiles(f, columns, inner, 2, 8); break;
      default: wide_tiles(f, columns, inner, 1, 8); break;
    }
    f.a += group * f.a_row;
    f.c += group * f.c_row;
    rows -= group;
  }
}

VECTORIZED void lora_transpose_padded(
    const float *weight, size_t rows, size_t columns, float *out) {
  size_t width = padded(rows);
  for (size_t column = 0; column < columns; ++column) {
    float *line = out + column * width;
    for (size_t row = 0; row < rows; ++row) line[row] = weight[row * columns + column];
    for (size_t row = rows; row < width; ++row) line[row] = 0;
  }
}
