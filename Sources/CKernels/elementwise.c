#include "elementwise.h"

#include "vector_math.h"

VECTORIZED void lora_add(const float *a, const float *b, float factor, size_t count, float *y) {
  EACH(i, count) y[i] = a[i] + factor * b[i];
}

VECTORIZED void lora_add_scaled(const float *x, float factor, size_t count, float *y) {
  EACH(i, count) y[i] += factor * x[i];
}

VECTORIZED void lora_scale(const float *x, float factor, size_t count, float *y) {
  EACH(i, count) y[i] = factor * x[i];
}

VECTORIZED void lora_multiply(const float *a, const float *b, size_t count, float *y) {
  EACH(i, count) y[i] = a[i] * b[i];
}

VECTORIZED void lora_multiply_backward(
    const float *dy, const float *b, size_t count, float *da, int accumulates) {
  if (accumulates) {
    EACH(i, count) da[i] += dy[i] * b[i];
  } else {
    EACH(i, count) da[i] = dy[i] * b[i];
  }
}

VECTORIZED void lora_tanh(const float *x, size_t count, float *y) {
  EACH(i, count) y[i] = hyperbolic_tangent(x[i]);
}

VECTORIZED void lora_tanh_backward(
    const float *dy, const float *y, size_t count, float *dx, int accumulates) {
  if (accumulates) {
    EACH(i, count) dx[i] += dy[i] * (1.0f - y[i] * y[i]);
  } else {
    EACH(i, count) dx[i] = dy[i] * (1.0f - y[i] * y[i]);
  }
}

VECTORIZED void lora_silu(const float *x, size_t count, float *y) {
  EACH(i, count) y[i] = x[i] * logistic(x[i]);
}

INLINE float silu_slope(float x) {
  float s = logistic(x);
  return s * (1.0f + x * (1.0f - s));
}

VECTORIZED void lora_silu_backward(
    const float *dy, const float *x, size_t count, float *dx, int accumulates) {
  if (accumulates) {
    EACH(i, count) dx[i] += dy[i] * silu_slope(x[i]);
  } else {
    EACH(i, count) dx[i] = dy[i] * silu_slope(x[i]);
  }
}

VECTORIZED void lora_swiglu(const float *gate, const float *up, size_t count, float *y) {
  EACH(i, count) y[i] = gate[i] * logistic(gate[i]) * up[i];
}

VECTORIZED void lora_swiglu_backward(
    const float *dy, const float *gate, const float *up, size_t count, float *dgate,
    int gate_accumulates, float *dup, int up_accumulates) {
  if (dgate && dup && !gate_accumulates && !up_accumulates) {
    EACH(i, count) {
      float s = logistic(gate[i]);
      float slope = s * (1.0f + gate[i] * (1.0f - s));
      dgate[i] = dy[i] * up[i] * slope;
      dup[i] = dy[i] * gate[i] * s;
    }
    return;
  }
  if (dgate) {
    EACH(i, count) {
      float before = gate_accumulates ? dgate[i] : 0;
      dgate[i] = before + dy[i] * up[i] * silu_slope(gate[i]);
    }
  }
  if (dup) {
    EACH(i, count) {
      float before = up_accumulates ? dup[i] : 0;
      dup[i] = before + dy[i] * gate[i] * logistic(gate[i]);
    }
  }
}

// A hash of 32 bits: shifts and multiplications by turns, with one half of the key at a time.
INLINE uint32_t hash(uint32_t index, uint32_t low, uint32_t high) {
  uint32_t x = index ^ low;
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= (x >> 15) ^ high;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  x *= 0x7feb352du;
  return x ^ (x >> 15);
}

VECTORIZED void lora_dropout(
    const float *x, uint64_t key, uint32_t threshold, float scale, size_t first, size_t count,
    float *y, int accumulates) {
  uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32);
  uint32_t start = (uint32_t)first;
  EACH(i, count) {
    float factor = hash(start + (uint32_t)i, low, high) >= threshold ? scale : 0.0f;
    float before = accumulates ? y[i] : 0;
    y[i] = before + factor * x[i];
  }
}

VECTORIZED void lora_adamw_step(
    struct lora_adamw s, const float *gradient, size_t count, float *restrict parameter,
    float *restrict first_moment, float *restrict second_moment) {
  FUSED
  float rest1 = 1.0f - s.beta1, rest2 = 1.0f - s.beta2;
  float inverse = 1.0f / s.root_of_correction;
  EACH(i, count) {
    float g = gradient[i] * s.gradient_factor;
    float p = parameter[i] * s.decay;
    float m = first_moment[i] + rest1 * (g - first_moment[i]);
    float v = s.beta2 * second_moment[i] + rest2 * g * g;
    float denominator = __builtin_elementwise_sqrt(v) * inverse + s.epsilon;
    first_moment[i] = m;
    second_moment[i] = v;
    parameter[i] = p - s.step_size * (m / denominator);
  }
}

VECTORIZED void lora_sgd_step(
    float gradient_factor, float rate, float momentum, float decay, const float *gradient,
    size_t count, float *restrict parameter, float *restrict velocity) {
  EACH(i, count) {
    float v = momentum * velocity[i] + (gradient[i] * gradient_factor + decay * parameter[i]);
    velocity[i] = v;
    parameter[i] -= rate * v;
  }
}

VECTORIZED double lora_binary_cross_entropy(const float *x, const float *target, size_t count) {
  ANY_ORDER
  double sum = 0;
  EACH(i, count) {
    float magnitude = x[i] < 0 ? -x[i] : x[i], positive = x[i] < 0 ? 0 : x[i];
    sum += (double)(positive - x[i] * target[i] + logarithm_above_one(exponential(-magnitude)));
  }
  return sum;
}

VECTORIZED void lora_binary_cross_entropy_backward(
    const float *x, const float *target, float factor, size_t count, float *dx, int accumulates) {
  EACH(i, count) {
    float before = accumulates ? dx[i] : 0;
    dx[i] = before + factor * (logistic(x[i]) - target[i]);
  }
}

VECTORIZED double lora_sum_of_squares(const float *x, size_t count) {
  ANY_ORDER
  double sum = 0;
  EACH(i, count) sum += (double)x[i] * (double)x[i];
  return sum;
}
