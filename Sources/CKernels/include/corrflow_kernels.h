// The vector kernels of corrflow.
//
// One set of kernels, compiled once per instruction set from the same source (kernels.inc) and chosen at run time. Every
// function works on one block of work on one thread, allocates nothing and has no state: parallelism, memory and order are
// the caller's (Swift: Numerics, Networks, CorrespondenceFlow).
//
// Images are NHWC float32; "pixel" is one (image, row, column) with its channels contiguous. Channel counts are multiples
// of 32 unless a function says otherwise.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Instruction sets for which kernels are compiled.
typedef enum ck_instruction_set {
  CK_BASELINE = 0,
  CK_AVX2 = 1,
  CK_AVX512 = 2,
} ck_instruction_set;

/// A grid of 4x4 output tiles over `images` images of `height` x `width` pixels; tiles are numbered image by image, row by
/// row. The last tile of a row or column may stick out of the image.
typedef struct ck_tiling {
  int images, height, width;
  int tile_rows, tile_columns;
} ck_tiling;

/// A convolution that is not Winograd's: any square kernel, stride and padding.
typedef struct ck_convolution {
  int images;
  int input_height, input_width, input_channels;
  int output_height, output_width, output_channels;
  int kernel, stride, padding;
} ck_convolution;

/// Which reference cells a target cell attends to, and where their weights lie.
///
/// `radius >= 0`: the (2 radius + 1)^2 window around the cell, slot = (dy + radius) * (2 radius + 1) + dx + radius.
/// `radius < 0`: all cells, slot = y * width + x. Rows of slots are padded to `slot_stride` floats.
typedef struct ck_window {
  int height, width;
  int radius;
  int slot_stride;
} ck_window;

/// Target cells that `copy_labels` takes at a time, at most.
enum { CK_LABEL_BLOCK = 72 };

/// How labels are copied from references to a target: on which grid, from which cells, with which weights.
typedef struct ck_label_copy {
  int height, width;
  /// The neighbourhood of a cell: rows up to `reach` away, and in a row d away the columns up to half_width[d] away.
  int reach;
  const int32_t *half_width;
  /// Best cells that count; 0: all.
  int top;
  /// One softmax over the cells of all references; else one for each, and the mean of what they copy.
  bool jointly;
  /// Channels of the copied labels.
  int channels;
} ck_label_copy;

/// One frame that labels are copied from.
typedef struct ck_label_reference {
  /// Packed embeddings, [height, panels, 64, 16]: a panel is 16 neighbouring cells of a row, the last one padded.
  const float *columns;
  /// Labels, [height * width, channels], and 16 floats more; NULL if `classes` is given.
  const float *labels;
  /// The channel that is 1, [height * width]; else NULL.
  const uint8_t *classes;
  int channels;
  /// Whether all cells are seen; else those of the neighbourhood.
  bool is_whole;
  /// How often the frame counts, at least 1.
  int copies;
} ck_label_reference;

/// Memory of one thread.
typedef struct ck_label_workspace {
  /// [CK_LABEL_BLOCK, top] each.
  float *best;
  int32_t *best_cells;
  /// [CK_LABEL_BLOCK, channels rounded up to 16]; used if all cells count.
  float *sums;
} ck_label_workspace;

/// The kernels of one instruction set.
typedef struct ck_kernels {
  /// For people: "avx512", "avx2", "baseline".
  const char *name;
  /// Columns of a packed panel of the right-hand matrix of `gemm`.
  int panel_width;

  /// C[rows, columns] = (accumulate ? C : 0) + A[rows, depth] * B. `packed_b` is B as panels of `panel_width` columns,
  /// each [depth, panel_width]. `columns` is a multiple of `panel_width`.
  void (*gemm)(int rows, int depth, int columns, const float *a, long a_stride, const float *packed_b, float *c,
               long c_stride, bool accumulate);
  /// C[rows, columns] = (accumulate ? C : 0) + A^T * B, with A [depth, >= rows] and B [depth, columns]: weight gradients.
  void (*gemm_transposed)(int rows, int depth, int columns, const float *a, long a_stride, const float *b, long b_stride,
                          float *c, long c_stride, bool accumulate);

  /// Winograd F(4x4,3x3). V = B^T d B of `count` tiles from `first`: transformed[frequency * frequency_stride + tile *
  /// channels + channel]. `zeros` holds `channels` zeros, for pixels outside.
  void (*winograd_input)(const ck_tiling *tiling, int first, int count, int channels, const float *image,
                         const float *zeros, float *transformed, long frequency_stride);
  /// Y = A^T M A (+ bias), written or added to the pixels of the tiles.
  void (*winograd_output)(const ck_tiling *tiling, int first, int count, int channels, const float *transformed,
                          long frequency_stride, const float *bias, float *image, bool accumulate);
  /// dM = A dY A^T: the adjoint of `winograd_output`.
  void (*winograd_output_gradient)(const ck_tiling *tiling, int first, int count, int channels, const float *gradient,
                                   const float *zeros, float *transformed, long frequency_stride);
  /// U = G g G^T of 3x3 weights in OIHW order, as packed panels [36][outputs / panel][inputs][panel], for the outputs of
  /// panel `panel`. `flipped`: the weights of the input gradient (kernel turned by 180 degrees, inputs and outputs swapped).
  void (*winograd_weights)(int outputs, int inputs, const float *weights, bool flipped, int panel, float *packed);
  /// dg = G^T dU G for the inputs `first_input ..< first_input + count`: from [36][inputs][outputs] to OIHW, overwriting.
  void (*winograd_weight_gradient)(int outputs, int inputs, int first_input, int count, const float *transformed,
                                   float *gradient);

  /// Sums over pixels, for the statistics of batch normalisation: mean[c] and m2[c] = sum (x - mean)^2 of this block.
  void (*channel_moments)(long pixels, int channels, const float *x, float *mean, float *m2);
  /// out = (x - mean) * scale + shift (+ residual, or (residual - residual_mean) * residual_scale + residual_shift), then
  /// ReLU if `relu`. `residual` and the residual's vectors may be NULL.
  void (*normalise)(long pixels, int channels, const float *x, const float *mean, const float *scale, const float *shift,
                    const float *residual, const float *residual_mean, const float *residual_scale,
                    const float *residual_shift, bool relu, float *out);
  /// Backward of ReLU in place, then sums over the pixels of gradient and of gradient * (x - mean) * inverse_deviation.
  /// ReLU's input was positive where `activation` is, or, if that is NULL and `shift` is not, where
  /// (x - mean) * scale + shift is; if both are NULL there was no ReLU.
  void (*normalise_gradient_sums)(long pixels, int channels, float *gradient, const float *activation, const float *x,
                                  const float *mean, const float *inverse_deviation, const float *scale,
                                  const float *shift, float *sum, float *sum_normalised);
  /// out = scale * gradient - offset - (x - mean) * slope. `out` may be `gradient` or `x`.
  void (*normalise_gradient)(long pixels, int channels, const float *gradient, const float *x, const float *mean,
                             const float *scale, const float *offset, const float *slope, float *out);
  /// Sums over pixels of each channel.
  void (*channel_sums)(long pixels, int channels, const float *x, float *sum);

  /// Attention of one row of target cells: scores = scale * <target(p), reference(q)>, softmax over the window. Slots of
  /// cells outside the grid, and the padding, get 0. Embeddings (here and in the two gradients below) have a multiple of 64
  /// channels.
  void (*attention_row)(const ck_window *window, int row, int channels, float scale, const float *target,
                        const float *reference, float *weights);
  /// out(p) = sum over q of weights(p, q) * labels(q), 16 channels, one row of target cells.
  void (*copy_row)(const ck_window *window, int row, const float *weights, const float *labels, float *out);
  /// weight_gradient(p, q) += <gradient(p), labels(q)>, one row of target cells.
  void (*copy_gradient_weights_row)(const ck_window *window, int row, const float *gradient, const float *labels,
                                    float *weight_gradient);
  /// label_gradient(q) = sum over p of weights(p, q) * gradient(p), one row of reference cells.
  void (*copy_gradient_labels_row)(const ck_window *window, int row, const float *weights, const float *gradient,
                                   float *label_gradient);
  /// Softmax backward in place: g = scale * w * (g - <w, g>), one row of target cells.
  void (*attention_gradient_scores_row)(const ck_window *window, int row, float scale, const float *weights,
                                        float *weight_gradient);
  /// target_gradient(p) += sum over q of score_gradient(p, q) * reference(q), one row of target cells.
  void (*attention_gradient_target_row)(const ck_window *window, int row, int channels, const float *score_gradient,
                                        const float *reference, float *target_gradient);
  /// reference_gradient(q) += sum over p of score_gradient(p, q) * target(p), one row of reference cells.
  void (*attention_gradient_reference_row)(const ck_window *window, int row, int channels, const float *score_gradient,
                                           const float *target, float *reference_gradient);

  /// Sum of squares.
  double (*sum_of_squares)(long count, const float *x);
  /// Adam on `count` parameters: the moments and the parameters, in place. `step_size` = lr / (1 - beta1^t),
  /// `root_correction` = sqrt(1 - beta2^t).
  void (*adam)(long count, float *values, const float *gradients, float *first, float *second, float beta1, float beta2,
               float step_size, float root_correction, float epsilon);

  /// Labels of target cells `first_column ..< first_column + count` of a row: out[count, channels], overwritten. `targets`
  /// holds their embeddings, [count, 64], and 12 rows more; scores are <target, reference>.
  ///
  /// Where the best cells count, equal scores are taken in the order of references and then of cells. A cell takes as many
  /// of the `top` places as its reference has copies. Per reference, weights are those among all cells that are seen, and
  /// are not made to sum to 1 again.
  void (*copy_labels)(const ck_label_copy *copy, int reference_count, const ck_label_reference *references, int row,
                      int first_column, int count, const float *targets, const ck_label_workspace *space, float *out);
  /// Bilinear x4 of non-negative labels, [height * width, channels], then for each pixel the channel of the largest value;
  /// of equal ones the first. Image rows 4 * row ..< 4 * row + 4. `space` holds 47 * (width + 32) floats.
  void (*most_probable_row)(int height, int width, int channels, int row, const float *cells, float *space,
                            uint8_t *classes);
} ck_kernels;

/// Whether this processor and operating system can run the kernels of `set`.
bool ck_is_available(ck_instruction_set set);
/// The kernels of `set`, or NULL if they were not compiled for this architecture.
const ck_kernels *ck_kernels_for(ck_instruction_set set);

/// Cores that the scheduler lets this process use, at least 1.
int ck_usable_cores(void);

// Kernels without vectors: the same for every instruction set.

/// Gathers the inputs of output pixels `first ..< first + count` into rows [kernel * kernel * input_channels].
void ck_gather_patches(const ck_convolution *convolution, long first, long count, const float *input, float *rows);
/// Gathers, for the input pixels of row `row` of image `image` whose column is congruent to `phase` modulo the stride, the
/// output gradients that reach them: rows [taps * output_channels]. Returns the number of pixels.
int ck_gather_gradient_patches(const ck_convolution *convolution, int image, int row, int phase, const float *gradient,
                               float *rows);
/// Number of kernel positions that reach an input row (or column) congruent to `phase` modulo the stride; writes them.
int ck_phase_taps(const ck_convolution *convolution, int phase, int *taps);

/// RGB bytes to float: out = in / 255 * channel_scale[channel].
void ck_bytes_to_float(long pixels, const uint8_t *rgb, const float channel_scale[3], float *out);

/// One row of embeddings, [width, 64], for `copy_labels`: as targets, [width, 64], times `target_factor`, and as packed
/// columns, [panels, 64, 16]; both of length 1 first if `normalises`. Returns whether all of them are finite.
bool ck_pack_embeddings_row(int width, bool normalises, float target_factor,
                            const float *embeddings, float *targets, float *columns);

/// Bilinear x4 (half-pixel centres) of the copied class distributions, cross entropy against true classes.
/// Pixels of image rows 4 * cell_row ..< 4 * cell_row + 4. Adds -log(p + 1e-8) to a sum, which it returns, and writes
/// gradient_pixels = -1 / (p + 1e-8) (unscaled).
double ck_cross_entropy_row(int cell_height, int cell_width, int cell_row, const float *cells, const uint8_t *classes,
                            float *gradient_pixels);
/// The adjoint of the upsampling: cell_gradient += scale * sum of gradient_pixels at the pixel's true class, one row of cells.
void ck_cross_entropy_gradient_row(int cell_height, int cell_width, int cell_row, const uint8_t *classes,
                                   const float *gradient_pixels, float scale, float *cell_gradient);
/// Upsampled and brought back to the grid: the filter [1, 14, 1] / 16 in both directions with replicated edges, one row.
void ck_grid_filter_row(int cell_height, int cell_width, int cell_row, const float *cells, float *out);
/// The adjoint of `ck_grid_filter_row`: gradient += filter^T out_gradient, one row.
void ck_grid_filter_gradient_row(int cell_height, int cell_width, int cell_row, const float *out_gradient,
                                 float *gradient);
/// Class map to label distributions on the grid, one row of cells: the mean over the 2x2 pixels in the middle of each 4x4
/// cell. `published`: class numbers are averaged, truncated and one-hot encoded; else one-hot encodings are averaged.
void ck_labels_from_classes_row(int cell_height, int cell_width, int cell_row, const uint8_t *classes, bool published,
                                float *labels);

#ifdef __cplusplus
}
#endif
