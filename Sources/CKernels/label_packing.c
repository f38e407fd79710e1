// Embeddings made ready for the copying of labels.

#include <math.h>

#include "corrflow_kernels.h"

enum { depth = 64, panel = 16 };

/// 1 / length of an embedding, or a value that is not finite if the embedding is not.
static float inverse_length(const float *embedding) {
  double squares = 0;
  for (int k = 0; k < depth; k++) squares += (double)embedding[k] * (double)embedding[k];
  if (!isfinite(squares)) return NAN;
  const double length = sqrt(squares);
  return (float)(1 / (length > 1e-12 ? length : 1e-12));
}

bool ck_pack_embeddings_row(int width, bool normalises, float target_factor, const float *embeddings,
                            float *targets, float *columns) {
  bool is_finite = true;
  for (int x = 0; x < width; x++) {
    const float *embedding = embeddings + (long)x * depth;
    const float inverse = inverse_length(embedding);
    is_finite &= isfinite(inverse) != 0;
    float *column = columns + (long)(x / panel) * panel * depth + x % panel;
    const float factor = normalises ? inverse : 1;
    for (int k = 0; k < depth; k++) {
      const float value = embedding[k] * factor;
      targets[(long)x * depth + k] = value * target_factor;
      column[k * panel] = value;
    }
  }
  return is_finite;
}
