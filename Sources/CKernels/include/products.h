#pragma once

#include <stddef.h>

/// c = alpha · a b, or c += alpha · a b, with a of [rows, inner] and b of [inner, columns].
///
/// a and b are read through two strides each, so that either can be stored transposed; one stride of
/// each is 1. c is stored row by row.
struct lora_product {
  size_t rows, columns, inner;
  const float *a;
  size_t a_row, a_column;
  const float *b;
  size_t b_row, b_column;
  float *c;
  size_t c_row;
  float alpha;
  int accumulates;
};

/// The product on the calling thread. An element's bits depend on its row of a, its column of b and
/// the length of these alone.
void lora_multiply_matrices(const struct lora_product *product);

/// Whether the processor has the registers that make the product fast for any shape; without them
/// that is so for at most eight columns.
int lora_has_wide_registers(void);
