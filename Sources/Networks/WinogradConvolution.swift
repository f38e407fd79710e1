import CKernels
import Numerics

/// A 3x3 stride-1 convolution by Winograd's minimal filtering F(4x4,3x3): a quarter of the multiplications.
///
/// Output tiles of 4x4 pixels are computed from input tiles of 6x6. Each tile is transformed to 36 frequencies; at each
/// frequency the convolution is a product of matrices [tiles, inputs] x [inputs, outputs]. Blocks of tiles go through
/// transform, products and inverse transform while they are in cache. The input gradient is the same computation with the
/// kernel turned and its channels swapped. The weight gradient transforms input and output gradient of a chunk of tiles,
/// then multiplies frequency by frequency, so that its sums have an order that no thread count changes.
///
/// Source: Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016. Rounding is that of a direct sum,
/// about 1e-6 relative, thanks to the choice of interpolation points (`kernels.inc`).
public struct WinogradConvolution: Convolution {
  /// The sizes.
  public let shape: ConvolutionShape
  let workspace: ConvolutionWorkspace
  let kernels: Kernels

  static let frequencies = 36
  /// Tiles that go through all three steps together: a multiple of every kernel's row count.
  static let blockTiles = 24
  /// Floats between the frequencies of a transformed block, beside its tiles: an odd number of cache lines, so that the 36
  /// lines that a transform touches at once fall into different cache sets.
  static let frequencyPadding = 3 * 16

  /// Floats from one frequency of a block to the next.
  static func frequencyStride(tiles: Int, channels: Int) -> Int { tiles * channels + frequencyPadding }
  /// Floats a frequency that one operand of a chunk of the weight gradient may hold.
  static let chunkFloats = 1 << 15
  /// Rows of a weight gradient (inputs) that one item computes.
  static let gradientRows = 96

  static func chunkTiles(of shape: ConvolutionShape) -> Int {
    let widest = max(shape.inputChannels, shape.outputChannels)
    return min(max(chunkFloats / widest, blockTiles), tileCount(of: shape))
  }

  static func tileCount(of shape: ConvolutionShape) -> Int {
    shape.images * pieceCount(of: shape.outputHeight, size: 4) * pieceCount(of: shape.outputWidth, size: 4)
  }

  static func need(of shape: ConvolutionShape, isTraining: Bool) -> ConvolutionWorkspace.Need {
    let channels = shape.inputChannels + shape.outputChannels
    var need = ConvolutionWorkspace.Need()
    need.packedWeights = frequencies * shape.inputChannels * shape.outputChannels
    need.perWorker = frequencies * (blockTiles * channels + 2 * frequencyPadding)
    need.zeros = max(shape.inputChannels, shape.outputChannels)
    if isTraining {
      let tiles = chunkTiles(of: shape)
      need.leftOperand = frequencies * frequencyStride(tiles: tiles, channels: shape.inputChannels)
      need.rightOperand = frequencies * frequencyStride(tiles: tiles, channels: shape.outputChannels)
      need.transformedWeightGradient = need.packedWeights
    }
    return need
  }

  private var tiling: ck_tiling {
    ck_tiling(
      images: Int32(shape.images), height: Int32(shape.outputHeight), width: Int32(shape.outputWidth),
      tile_rows: Int32(pieceCount(of: shape.outputHeight, size: 4)),
      tile_columns: Int32(pieceCount(of: shape.outputWidth, size: 4)))
  }

  /// output = conv(input, weights) (+ bias).
  public func forward(
    _ name: String, input: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>
  ) -> [Stage] {
    convolve(
      name, from: input, channels: shape.inputChannels, to: output, channels: shape.outputChannels, weights: weights,
      isFlipped: false, bias: bias, accumulate: false)
  }

  /// inputGradient (+)= the adjoint of `forward` applied to outputGradient.
  public func inputGradient(
    _ name: String, outputGradient: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool
  ) -> [Stage] {
    convolve(
      name, from: outputGradient, channels: shape.outputChannels, to: inputGradient, channels: shape.inputChannels,
      weights: weights, isFlipped: true, bias: nil, accumulate: accumulate)
  }

  private func convolve(
    _ name: String, from source: UnsafePointer<Float>, channels sourceChannels: Int,
    to target: UnsafeMutablePointer<Float>, channels targetChannels: Int, weights: UnsafePointer<Float>,
    isFlipped: Bool, bias: UnsafePointer<Float>?, accumulate: Bool
  ) -> [Stage] {
    let (shape, workspace, kernels) = (shape, workspace, kernels)
    let pack = Stage("\(name) weights", itemCount: targetChannels / Int(kernels.panel_width)) { panel, _ in
      kernels.winograd_weights(
        Int32(shape.outputChannels), Int32(shape.inputChannels), weights, isFlipped, Int32(panel),
        workspace.packedWeights)
    }
    let (tiling, tileCount, block) = (tiling, Self.tileCount(of: shape), Self.blockTiles)
    let sourceStride = Self.frequencyStride(tiles: block, channels: sourceChannels)
    let targetStride = Self.frequencyStride(tiles: block, channels: targetChannels)
    let products = Stage(name, itemCount: pieceCount(of: tileCount, size: block)) { item, worker in
      var tiling = tiling
      let tiles = piece(item, of: tileCount, size: block)
      let transformed = workspace.worker(worker)
      let product = transformed + Self.frequencies * sourceStride
      kernels.winograd_input(
        &tiling, Int32(tiles.lowerBound), Int32(tiles.count), Int32(sourceChannels), source, workspace.zeros,
        transformed, sourceStride)
      for frequency in 0..<Self.frequencies {
        kernels.gemm(
          Int32(tiles.count), Int32(sourceChannels), Int32(targetChannels),
          transformed + frequency * sourceStride, sourceChannels,
          workspace.packedWeights + frequency * sourceChannels * targetChannels,
          product + frequency * targetStride, targetChannels, false)
      }
      kernels.winograd_output(
        &tiling, Int32(tiles.lowerBound), Int32(tiles.count), Int32(targetChannels), product,
        targetStride, bias, target, accumulate)
    }
    return [pack, products]
  }

  /// weightGradient = sum over tiles, overwriting.
  public func weightGradient(
    _ name: String, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>
  ) -> [Stage] {
    let tileCount = Self.tileCount(of: shape)
    let chunkTiles = Self.chunkTiles(of: shape)
    var stages: [Stage] = []
    for chunk in 0..<pieceCount(of: tileCount, size: chunkTiles) {
      let tiles = piece(chunk, of: tileCount, size: chunkTiles)
      stages.append(transformOperands(name, tiles: tiles, input: input, outputGradient: outputGradient))
      stages.append(multiplyOperands(name, tiles: tiles, accumulate: chunk > 0))
    }
    let (shape, workspace, kernels) = (shape, workspace, kernels)
    let inputs = 16
    stages.append(
      Stage("\(name) inverse", itemCount: pieceCount(of: shape.inputChannels, size: inputs)) { item, _ in
        let range = piece(item, of: shape.inputChannels, size: inputs)
        kernels.winograd_weight_gradient(
          Int32(shape.outputChannels), Int32(shape.inputChannels), Int32(range.lowerBound), Int32(range.count),
          workspace.transformedWeightGradient, weightGradient)
      })
    return stages
  }

  /// Input and output gradient of `tiles` to frequencies: operands [frequency, tile, channel].
  private func transformOperands(
    _ name: String, tiles: Range<Int>, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>
  ) -> Stage {
    let (shape, workspace, kernels, tiling) = (shape, workspace, kernels, tiling)
    let inputStride = Self.frequencyStride(tiles: tiles.count, channels: shape.inputChannels)
    let outputStride = Self.frequencyStride(tiles: tiles.count, channels: shape.outputChannels)
    let block = 16
    return Stage("\(name) transform", itemCount: pieceCount(of: tiles.count, size: block)) { item, _ in
      var tiling = tiling
      let range = piece(item, of: tiles.count, size: block)
      let first = Int32(tiles.lowerBound + range.lowerBound)
      kernels.winograd_input(
        &tiling, first, Int32(range.count), Int32(shape.inputChannels), input, workspace.zeros,
        workspace.leftOperand + range.lowerBound * shape.inputChannels, inputStride)
      kernels.winograd_output_gradient(
        &tiling, first, Int32(range.count), Int32(shape.outputChannels), outputGradient, workspace.zeros,
        workspace.rightOperand + range.lowerBound * shape.outputChannels, outputStride)
    }
  }

  /// dU[frequency] (+)= V[frequency]^T dM[frequency], [inputs, outputs].
  private func multiplyOperands(_ name: String, tiles: Range<Int>, accumulate: Bool) -> Stage {
    let (shape, workspace, kernels) = (shape, workspace, kernels)
    let (inputs, outputs, count) = (shape.inputChannels, shape.outputChannels, tiles.count)
    let pieces = pieceCount(of: inputs, size: Self.gradientRows)
    let inputStride = Self.frequencyStride(tiles: count, channels: inputs)
    let outputStride = Self.frequencyStride(tiles: count, channels: outputs)
    return Stage(name, itemCount: Self.frequencies * pieces) { item, _ in
      let (frequency, part) = (item / pieces, item % pieces)
      let rows = piece(part, of: inputs, size: Self.gradientRows)
      kernels.gemm_transposed(
        Int32(rows.count), Int32(count), Int32(outputs),
        workspace.leftOperand + frequency * inputStride + rows.lowerBound, inputs,
        workspace.rightOperand + frequency * outputStride, outputs,
        workspace.transformedWeightGradient + (frequency * inputs + rows.lowerBound) * outputs, outputs, accumulate)
    }
  }
}
