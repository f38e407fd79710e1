// Gathering the operands of convolutions that are computed as one matrix product (stride 2, 7x7, 1x1).

#include <string.h>

#include "corrflow_kernels.h"

void ck_gather_patches(const ck_convolution *cv, long first, long count, const float *input, float *rows) {
  const int channels = cv->input_channels;
  const long depth = (long)cv->kernel * cv->kernel * channels;
  const long per_image = (long)cv->output_height * cv->output_width;
  for (long p = first; p < first + count; p++, rows += depth) {
    const long image = p / per_image, within = p % per_image;
    const int top = (int)(within / cv->output_width) * cv->stride - cv->padding;
    const int left = (int)(within % cv->output_width) * cv->stride - cv->padding;
    // The columns of a kernel row that lie inside are contiguous in the input.
    const int x0 = left < 0 ? -left : 0;
    const int x1 = left + cv->kernel > cv->input_width ? cv->input_width - left : cv->kernel;
    for (int ky = 0; ky < cv->kernel; ky++) {
      float *out = rows + (long)ky * cv->kernel * channels;
      const int y = top + ky;
      if (y < 0 || y >= cv->input_height || x1 <= x0) {
        memset(out, 0, sizeof(float) * (size_t)cv->kernel * channels);
        continue;
      }
      const float *source = input + ((image * cv->input_height + y) * (long)cv->input_width + left + x0) * channels;
      memset(out, 0, sizeof(float) * (size_t)x0 * channels);
      memcpy(out + (long)x0 * channels, source, sizeof(float) * (size_t)(x1 - x0) * channels);
      memset(out + (long)x1 * channels, 0, sizeof(float) * (size_t)(cv->kernel - x1) * channels);
    }
  }
}

int ck_phase_taps(const ck_convolution *cv, int phase, int *taps) {
  int count = 0;
  for (int k = 0; k < cv->kernel; k++) {
    const int distance = phase + cv->padding - k;
    // C's remainder keeps the sign; only its being zero matters.
    if (distance % cv->stride == 0) taps[count++] = k;
  }
  return count;
}

int ck_gather_gradient_patches(const ck_convolution *cv, int image, int row, int phase, const float *gradient,
                               float *rows) {
  int row_taps[16], column_taps[16];
  const int row_count = ck_phase_taps(cv, row % cv->stride, row_taps);
  const int column_count = ck_phase_taps(cv, phase, column_taps);
  const int channels = cv->output_channels;
  int pixels = 0;
  for (int x = phase; x < cv->input_width; x += cv->stride, pixels++)
    for (int i = 0; i < row_count; i++)
      for (int j = 0; j < column_count; j++, rows += channels) {
        // Exact divisions: the taps of this phase are those for which the remainder is zero.
        const int oy = (row + cv->padding - row_taps[i]) / cv->stride;
        const int ox = (x + cv->padding - column_taps[j]) / cv->stride;
        if (row + cv->padding < row_taps[i] || x + cv->padding < column_taps[j] || oy >= cv->output_height ||
            ox >= cv->output_width) {
          memset(rows, 0, sizeof(float) * (size_t)channels);
        } else {
          const long pixel = ((long)image * cv->output_height + oy) * cv->output_width + ox;
          memcpy(rows, gradient + pixel * channels, sizeof(float) * (size_t)channels);
        }
      }
  return pixels;
}
