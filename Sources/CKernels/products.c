#include "products.h"

#include <string.h>

#include "tiles.h"
#include "vector_math.h"

typedef float eight __attribute__((vector_size(32), aligned(4)));

// A panel of b lies in the nearest memory while all rows of a pass it.
enum { panel_inner = 256, panel_columns = 64 };

// Rows of a against some vectors of a panel, [inner, width]; of the result `columns` are kept.
#define DEFINE_PANEL_TILE(name, vector, length) \
  INLINE void name( \
      const struct lora_product *f, const float *a, const float *panel, size_t width, \
      size_t inner, float *c, size_t columns, int accumulates, int rows, int vectors) { \
    FUSED \
    vector sums[row_block][2]; \
    for (int i = 0; i < rows; ++i) \
      for (int j = 0; j < vectors; ++j) sums[i][j] = (vector){0}; \
    for (size_t p = 0; p < inner; ++p) { \
      vector b[2]; \
      for (int j = 0; j < vectors; ++j) b[j] = *(const vector *)(panel + p * width + j * length); \
      for (int i = 0; i < rows; ++i) { \
        float factor = a[i * f->a_row + p * f->a_column]; \
        for (int j = 0; j < vectors; ++j) sums[i][j] += factor * b[j]; \
      } \
    } \
    for (int i = 0; i < rows; ++i) { \
      float *out = c + i * f->c_row; \
      if (columns < (size_t)(vectors * length)) { \
        float last[2 * length]; \
        for (int j = 0; j < vectors; ++j) *(vector *)(last + j * length) = sums[i][j]; \
        for (size_t j = 0; j < columns; ++j) \
          out[j] = (accumulates ? out[j] : 0) + f->alpha * last[j]; \
        continue; \
      } \
      for (int j = 0; j < vectors; ++j) { \
        vector sum = f->alpha * sums[i][j]; \
        if (accumulates) sum += *(vector *)(out + j * length); \
        *(vector *)(out + j * length) = sum; \
      } \
    } \
  }

DEFINE_PANEL_TILE(wide_tile, lanes, lane_count)
DEFINE_PANEL_TILE(narrow_tile, eight, 8)

INLINE void panel_tiles(
    const struct lora_product *f, const float *a, const float *panel, size_t width, size_t inner,
    float *c, size_t columns, int accumulates, int rows) {
  size_t j = 0;
  for (; j + 2 * lane_count <= columns; j += 2 * lane_count)
    wide_tile(f, a, panel + j, width, inner, c + j, 2 * lane_count, accumulates, rows, 2);
  for (; j + 8 < columns; j += lane_count)
    wide_tile(
        f, a, panel + j, width, inner, c + j,
        columns - j < lane_count ? columns - j : lane_count, accumulates, rows, 1);
  if (j < columns)
    narrow_tile(f, a, panel + j, width, inner, c + j, columns - j, accumulates, rows, 1);
}

// [inner, width] from b, with zeros behind the columns.
INLINE void pack(
    const struct lora_product *f, const float *b, size_t inner, size_t columns, size_t width,
    float *panel) {
  if (f->b_column == 1) {
    for (size_t p = 0; p < inner; ++p) {
      memcpy(panel + p * width, b + p * f->b_row, columns * sizeof(float));
      memset(panel + p * width + columns, 0, (width - columns) * sizeof(float));
    }
    return;
  }
  for (size_t j = 0; j < width; j += lane_count) {
    size_t p = 0;
    for (; p + lane_count <= inner; p += lane_count) {
      lanes block[lane_count];
      for (size_t i = 0; i < lane_count; ++i)
        block[i] = j + i < columns ? *(const lanes *)(b + (j + i) * f->b_column + p) : (lanes){0};
      transpose_block(block);
      for (size_t i = 0; i < lane_count; ++i) *(lanes *)(panel + (p + i) * width + j) = block[i];
    }
    for (; p < inner; ++p) {
      for (size_t i = 0; i < lane_count; ++i)
        panel[p * width + j + i] = j + i < columns ? b[(j + i) * f->b_column + p] : 0;
    }
  }
}

// One column: the rows of a, which lie one behind the other, against one line.
INLINE void dots(const struct lora_product *f) {
  ANY_ORDER
  for (size_t row = 0; row < f->rows; ++row) {
    const float *a = f->a + row * f->a_row;
    float *c = f->c + row * f->c_row, sum = 0;
    for (size_t p = 0; p < f->inner; ++p) sum += a[p] * f->b[p];
    *c = (f->accumulates ? *c : 0) + f->alpha * sum;
  }
}

VECTORIZED void lora_multiply_matrices(const struct lora_product *product) {
  struct lora_product f = *product;
  if (f.columns == 1 && f.a_column == 1 && f.b_row == 1) {
    dots(&f);
    return;
  }
  float packed[panel_inner * panel_columns] __attribute__((aligned(64)));
  for (size_t first = 0; first < f.inner || first == 0; first += panel_inner) {
    size_t inner = f.inner - first < panel_inner ? f.inner - first : panel_inner;
    int accumulates = f.accumulates || first > 0;
    for (size_t column = 0; column < f.columns; column += panel_columns) {
      size_t columns = f.columns - column < panel_columns ? f.columns - column : panel_columns;
      size_t width = padded(columns);
      const float *panel = f.b + first * f.b_row + column * f.b_column;
      size_t panel_row = f.b_row;
      // Lines that are far apart push each other out; a few rows are not worth the copy.
      if (f.b_column != 1 || width != columns || (f.b_row > panel_inner && f.rows > row_block)) {
        pack(&f, panel, inner, columns, width, packed);
        panel = packed;
        panel_row = width;
      }
      const float *a = f.a + first * f.a_column;
      float *c = f.c + column;
      size_t row = 0;
      for (; row + row_block <= f.rows; row += row_block)
        panel_tiles(
            &f, a + row * f.a_row, panel, panel_row, inner, c + row * f.c_row, columns,
            accumulates, row_block);
      for (; row + 4 <= f.rows; row += 4)
        panel_tiles(
            &f, a + row * f.a_row, panel, panel_row, inner, c + row * f.c_row, columns,
            accumulates, 4);
      for (; row < f.rows; ++row)
        panel_tiles(
            &f, a + row * f.a_row, panel, panel_row, inner, c + row * f.c_row, columns,
            accumulates, 1);
    }
  }
}

int lora_has_wide_registers(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
#else
  return 0;
#endif
}
