#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// One binary serves every processor: the widest version that it can run is picked at the start.
#if defined(__x86_64__) && defined(__gnu_linux__)
#define VECTORIZED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORIZED
#endif

#define INLINE static inline __attribute__((always_inline))

// Sums of a row may be taken in the order that suits vectors; it depends on the length alone.
#define ANY_ORDER _Pragma("clang fp reassociate(on) contract(fast)")
#define FUSED _Pragma("clang fp contract(fast)")

// A loop over elements whose arrays are the same memory or have none in common: what it writes it does
// not read at another place, so the compiler need not check.
#define EACH(i, count) \
  _Pragma("clang loop vectorize(assume_safety)") for (size_t i = 0; i < (count); ++i)

// e^x within two units of the last place; the ends of the range are clamped. The method is that of
// the Cephes library: x = n ln 2 + r, and a polynomial in r.
INLINE float exponential(float x) {
  FUSED
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float scaled = x * 1.44269504f;
  int32_t n = (int32_t)(scaled + (scaled < 0 ? -0.5f : 0.5f));
  float whole = (float)n;
  float r = x - whole * 0.693359375f;
  r = r - whole * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  int32_t bits = (n + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}

INLINE float logistic(float x) { return 1.0f / (1.0f + exponential(-x)); }

// log(1 + x) for x from 0 to 1, as the series of 2 artanh(x / (2 + x)).
INLINE float logarithm_above_one(float x) {
  FUSED
  float z = x / (2.0f + x), square = z * z;
  float p = 1.0f / 13.0f;
  p = p * square + 1.0f / 11.0f;
  p = p * square + 1.0f / 9.0f;
  p = p * square + 1.0f / 7.0f;
  p = p * square + 1.0f / 5.0f;
  p = p * square + 1.0f / 3.0f;
  return 2.0f * (p * square * z + z);
}

// A polynomial near zero, where the quotient of exponentials would cancel.
INLINE float hyperbolic_tangent(float x) {
  FUSED
  float square = x * x;
  float p = -5.70498872745e-3f;
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  float near = p * square * x + x;
  float magnitude = x < 0 ? -x : x;
  float quotient = 1.0f - 2.0f / (exponential(2.0f * magnitude) + 1.0f);
  float far = x < 0 ? -quotient : quotient;
  return magnitude < 0.625f ? near : far;
}
