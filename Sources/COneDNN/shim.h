#include <dnnl.h>

void omp_set_num_threads(int);

/// `dnnl_sgemm` on the calling thread alone, so that its sums have one order.
static inline int lora_sgemm(
    char transposes_a, char transposes_b, long rows, long columns, long inner, float alpha,
    const float *a, long a_stride, const float *b, long b_stride, float beta, float *c,
    long c_stride) {
  static _Thread_local int is_single;
  if (!is_single) {
    omp_set_num_threads(1);
    is_single = 1;
  }
  return dnnl_sgemm(
      transposes_a, transposes_b, rows, columns, inner, alpha, a, a_stride, b, b_stride, beta, c,
      c_stride);
}
