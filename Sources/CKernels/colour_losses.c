// Labels, losses and their resampling between the full-resolution frame and the grid of 4x4 cells.

#include <math.h>
#include <string.h>

#include "corrflow_kernels.h"

enum { classes_count = 16 };

static int clamp(int i, int count) { return i < 0 ? 0 : i >= count ? count - 1 : i; }

/// Bilinear x4 with half-pixel centres: pixel 4 i + k lies between cells i + offset[k] and i + offset[k] + 1.
static const int offset_of_phase[4] = {-1, -1, 0, 0};
static const float weight_of_phase[4] = {0.625f, 0.875f, 0.125f, 0.375f};  // of the second cell

/// Probability of the class of pixel (4 row + ky, 4 column + kx).
static float upsampled(int cell_height, int cell_width, const float *cells, int row, int ky, int column, int kx,
                       int class_index) {
  const int y0 = row + offset_of_phase[ky], x0 = column + offset_of_phase[kx];
  const float wy = weight_of_phase[ky], wx = weight_of_phase[kx];
  const long top = (long)clamp(y0, cell_height) * cell_width, bottom = (long)clamp(y0 + 1, cell_height) * cell_width;
  const int left = clamp(x0, cell_width), right = clamp(x0 + 1, cell_width);
  const float upper = (1 - wx) * cells[(top + left) * classes_count + class_index] +
                      wx * cells[(top + right) * classes_count + class_index];
  const float lower = (1 - wx) * cells[(bottom + left) * classes_count + class_index] +
                      wx * cells[(bottom + right) * classes_count + class_index];
  return (1 - wy) * upper + wy * lower;
}

double ck_cross_entropy_row(int cell_height, int cell_width, int cell_row, const float *cells, const uint8_t *classes,
                            float *gradient_pixels) {
  const long width = 4L * cell_width;
  double sum = 0;
  for (int ky = 0; ky < 4; ky++) {
    const long first = (4L * cell_row + ky) * width;
    for (int column = 0; column < cell_width; column++)
      for (int kx = 0; kx < 4; kx++) {
        const long pixel = first + 4L * column + kx;
        const float p = upsampled(cell_height, cell_width, cells, cell_row, ky, column, kx, classes[pixel]) + 1e-8f;
        sum -= (double)logf(p);
        gradient_pixels[pixel] = -1.0f / p;
      }
  }
  return sum;
}

/// Weight of cell `i` in the pixel at position `pixel` (one axis): the sum over both neighbours, so that replicated edges
/// count twice.
static float cell_weight(int pixel, int i, int count) {
  const int k = pixel & 3, first = (pixel >> 2) + offset_of_phase[k];
  float weight = 0;
  if (clamp(first, count) == i) weight += 1 - weight_of_phase[k];
  if (clamp(first + 1, count) == i) weight += weight_of_phase[k];
  return weight;
}

void ck_cross_entropy_gradient_row(int cell_height, int cell_width, int cell_row, const uint8_t *classes,
                                   const float *gradient_pixels, float scale, float *cell_gradient) {
  const int width = 4 * cell_width;
  const int top = clamp(4 * cell_row - 2, 4 * cell_height), bottom = clamp(4 * cell_row + 5, 4 * cell_height);
  float row_weight[8];
  for (int y = top; y <= bottom; y++) row_weight[y - top] = scale * cell_weight(y, cell_row, cell_height);
  for (int column = 0; column < cell_width; column++) {
    float *out = cell_gradient + ((long)cell_row * cell_width + column) * classes_count;
    const int left = clamp(4 * column - 2, width), right = clamp(4 * column + 5, width);
    float column_weight[8];
    for (int x = left; x <= right; x++) column_weight[x - left] = cell_weight(x, column, cell_width);
    for (int y = top; y <= bottom; y++)
      for (int x = left; x <= right; x++) {
        const long pixel = (long)y * width + x;
        out[classes[pixel]] += row_weight[y - top] * column_weight[x - left] * gradient_pixels[pixel];
      }
  }
}

/// The filter [1, 14, 1] / 16 on one axis: which cells, with which weights.
static const float filter_weight[3] = {1.0f / 16, 14.0f / 16, 1.0f / 16};

void ck_grid_filter_row(int cell_height, int cell_width, int cell_row, const float *cells, float *out) {
  for (int column = 0; column < cell_width; column++) {
    float sum[classes_count] = {0};
    for (int dy = -1; dy <= 1; dy++)
      for (int dx = -1; dx <= 1; dx++) {
        const float weight = filter_weight[dy + 1] * filter_weight[dx + 1];
        const long cell = (long)clamp(cell_row + dy, cell_height) * cell_width + clamp(column + dx, cell_width);
        for (int c = 0; c < classes_count; c++) sum[c] += weight * cells[cell * classes_count + c];
      }
    memcpy(out + ((long)cell_row * cell_width + column) * classes_count, sum, sizeof sum);
  }
}

/// Weight with which output position `from` takes input position `to` (one axis, replicated edges).
static float adjoint_weight(int from, int to, int count) {
  float weight = 0;
  for (int d = -1; d <= 1; d++)
    if (clamp(from + d, count) == to) weight += filter_weight[d + 1];
  return weight;
}

void ck_grid_filter_gradient_row(int cell_height, int cell_width, int cell_row, const float *out_gradient,
                                 float *gradient) {
  for (int column = 0; column < cell_width; column++) {
    float *sum = gradient + ((long)cell_row * cell_width + column) * classes_count;
    for (int y = cell_row - 1; y <= cell_row + 1; y++) {
      if (y < 0 || y >= cell_height) continue;
      const float row_weight = adjoint_weight(y, cell_row, cell_height);
      for (int x = column - 1; x <= column + 1; x++) {
        if (x < 0 || x >= cell_width) continue;
        const float weight = row_weight * adjoint_weight(x, column, cell_width);
        const float *source = out_gradient + ((long)y * cell_width + x) * classes_count;
        for (int c = 0; c < classes_count; c++) sum[c] += weight * source[c];
      }
    }
  }
}

void ck_labels_from_classes_row(int cell_height, int cell_width, int cell_row, const uint8_t *classes, bool published,
                                float *labels) {
  (void)cell_height;
  const long width = 4L * cell_width;
  for (int column = 0; column < cell_width; column++) {
    float *out = labels + ((long)cell_row * cell_width + column) * classes_count;
    memset(out, 0, classes_count * sizeof *out);
    const uint8_t *upper = classes + (4L * cell_row + 1) * width + 4L * column + 1;
    const uint8_t *lower = upper + width;
    if (published) {
      out[(upper[0] + upper[1] + lower[0] + lower[1]) / 4] = 1;
    } else {
      out[upper[0]] += 0.25f;
      out[upper[1]] += 0.25f;
      out[lower[0]] += 0.25f;
      out[lower[1]] += 0.25f;
    }
  }
}

void ck_bytes_to_float(long pixels, const uint8_t *rgb, const float channel_scale[3], float *out) {
  for (long p = 0; p < pixels; p++)
    for (int c = 0; c < 3; c++) out[3 * p + c] = (float)rgb[3 * p + c] / 255.0f * channel_scale[c];
}
