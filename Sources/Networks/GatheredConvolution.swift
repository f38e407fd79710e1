import CKernels
import Numerics

/// A convolution of any kernel and stride: patches are gathered into rows and multiplied with the weights as one matrix.
///
/// It computes what Winograd's method does not: 7x7 stride 2, 3x3 stride 2, 1x1. Patch columns are ordered
/// (row of the kernel, column of the kernel, channel).
public struct GatheredConvolution: Convolution {
  /// The sizes.
  public let shape: ConvolutionShape
  let workspace: ConvolutionWorkspace
  let kernels: Kernels

  /// Output pixels that one item of the forward pass gathers and multiplies.
  static let blockPixels = 96
  /// Floats of gathered patches that a chunk of the weight gradient may hold.
  static let chunkFloats = 1 << 18
  /// Rows of a weight gradient that one item computes: a multiple of every kernel's row count.
  static let gradientRows = 24

  private var depth: Int { shape.kernel * shape.kernel * shape.inputChannels }

  static func chunkPixels(of shape: ConvolutionShape) -> Int {
    let depth = shape.kernel * shape.kernel * shape.inputChannels
    return min(max(chunkFloats / depth, blockPixels), shape.outputPixels)
  }

  static func need(of shape: ConvolutionShape, isTraining: Bool) -> ConvolutionWorkspace.Need {
    let depth = shape.kernel * shape.kernel * shape.inputChannels
    var need = ConvolutionWorkspace.Need()
    need.packedWeights = shape.weightCount
    need.perWorker = blockPixels * depth
    if isTraining {
      let gradientDepth = shape.kernel * shape.kernel * shape.outputChannels
      need.perWorker = max(need.perWorker, pieceCount(of: shape.inputWidth, size: shape.stride) * gradientDepth)
      need.leftOperand = chunkPixels(of: shape) * depth
      need.transformedWeightGradient = shape.weightCount
    }
    return need
  }

  /// output = conv(input, weights) (+ bias).
  public func forward(
    _ name: String, input: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>
  ) -> [Stage] {
    precondition(bias == nil, "the network's only bias is on a 3x3 convolution; gathered convolutions have none")
    let (shape, workspace, kernels, depth) = (shape, workspace, kernels, depth)
    let block = Self.blockPixels
    let product = Stage(name, itemCount: pieceCount(of: shape.outputPixels, size: block)) { item, worker in
      var convolution = shape.cValue
      let pixels = piece(item, of: shape.outputPixels, size: block)
      let patches = workspace.worker(worker)
      ck_gather_patches(&convolution, pixels.lowerBound, pixels.count, input, patches)
      kernels.gemm(
        Int32(pixels.count), Int32(depth), Int32(shape.outputChannels), patches, depth, workspace.packedWeights,
        output + pixels.lowerBound * shape.outputChannels, shape.outputChannels, false)
    }
    return [packForward(name, weights: weights), product]
  }

  /// Weights [out, in, ky, kx] to panels [out / panel][ky, kx, in][panel].
  private func packForward(_ name: String, weights: UnsafePointer<Float>) -> Stage {
    let (shape, workspace, depth, panel) = (shape, workspace, depth, Int(kernels.panel_width))
    let taps = shape.kernel * shape.kernel
    return Stage("\(name) weights", itemCount: shape.outputChannels / panel) { item, _ in
      let packed = workspace.packedWeights + item * panel * depth
      for row in 0..<depth {
        let (tap, channel) = (row / shape.inputChannels, row % shape.inputChannels)
        for column in 0..<panel {
          packed[row * panel + column] = weights[((item * panel + column) * shape.inputChannels + channel) * taps + tap]
        }
      }
    }
  }

  /// inputGradient (+)= the adjoint of `forward`.
  ///
  /// Input pixels fall into stride x stride phases; all pixels of a phase are reached by the same kernel positions, so that
  /// each phase is one product of gathered output gradients with its part of the weights. No pixel is written twice.
  public func inputGradient(
    _ name: String, outputGradient: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool
  ) -> [Stage] {
    precondition(shape.inputChannels % 32 == 0, "input gradients need input channels in multiples of 32")
    let phases = makePhases()
    let (shape, workspace, kernels) = (shape, workspace, kernels)
    let product = Stage(name, itemCount: shape.images * shape.inputHeight) { item, worker in
      var convolution = shape.cValue
      let (image, row) = (item / shape.inputHeight, item % shape.inputHeight)
      let patches = workspace.worker(worker)
      for columnPhase in 0..<shape.stride {
        let phase = phases[(row % shape.stride) * shape.stride + columnPhase]
        let target = inputGradient + (item * shape.inputWidth + columnPhase) * shape.inputChannels
        let pixels = ck_gather_gradient_patches(
          &convolution, Int32(image), Int32(row), Int32(columnPhase), outputGradient, patches)
        let depth = phase.tapCount * shape.outputChannels
        if depth == 0 && accumulate { continue }
        kernels.gemm(
          pixels, Int32(depth), Int32(shape.inputChannels), patches, depth, workspace.packedWeights + phase.offset,
          target, shape.stride * shape.inputChannels, accumulate)
      }
    }
    return [packGradient(name, phases: phases, weights: weights), product]
  }

  /// The kernel positions that reach input pixels (y, x) with y, x congruent to the phase modulo the stride.
  private struct Phase {
    var rowTaps: [Int]
    var columnTaps: [Int]
    var offset: Int
    var tapCount: Int { rowTaps.count * columnTaps.count }
  }

  private func makePhases() -> [Phase] {
    var phases: [Phase] = []
    var offset = 0
    for row in 0..<shape.stride {
      for column in 0..<shape.stride {
        let phase = Phase(rowTaps: taps(ofPhase: row), columnTaps: taps(ofPhase: column), offset: offset)
        offset += phase.tapCount * shape.outputChannels * shape.inputChannels
        phases.append(phase)
      }
    }
    return phases
  }

  private func taps(ofPhase phase: Int) -> [Int] {
    var convolution = shape.cValue
    var taps = [Int32](repeating: 0, count: shape.kernel)
    let count = ck_phase_taps(&convolution, Int32(phase), &taps)
    return taps.prefix(Int(count)).map(Int.init)
  }

  /// Weights [out, in, ky, kx] to, for each phase, panels [in / panel][taps, out][panel].
  private func packGradient(_ name: String, phases: [Phase], weights: UnsafePointer<Float>) -> Stage {
    let (shape, workspace, panel) = (shape, workspace, Int(kernels.panel_width))
    let panels = shape.inputChannels / panel
    return Stage("\(name) weights", itemCount: phases.count * panels) { item, _ in
      let phase = phases[item / panels]
      let first = (item % panels) * panel
      let depth = phase.tapCount * shape.outputChannels
      let packed = workspace.packedWeights + phase.offset + first * depth
      for row in 0..<depth {
        let (tap, output) = (row / shape.outputChannels, row % shape.outputChannels)
        let ky = phase.rowTaps[tap / phase.columnTaps.count]
        let kx = phase.columnTaps[tap % phase.columnTaps.count]
        for column in 0..<panel {
          let input = output * shape.inputChannels + first + column
          packed[row * panel + column] = weights[(input * shape.kernel + ky) * shape.kernel + kx]
        }
      }
    }
  }

  /// weightGradient = sum over pixels, overwriting.
  public func weightGradient(
    _ name: String, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>
  ) -> [Stage] {
    let chunkPixels = Self.chunkPixels(of: shape)
    var stages: [Stage] = []
    for chunk in 0..<pieceCount(of: shape.outputPixels, size: chunkPixels) {
      let pixels = piece(chunk, of: shape.outputPixels, size: chunkPixels)
      stages.append(gatherOperand(name, pixels: pixels, input: input))
      stages.append(multiplyOperands(name, pixels: pixels, outputGradient: outputGradient, accumulate: chunk > 0))
    }
    return stages + [unpackGradient(name, weightGradient: weightGradient)]
  }

  private func gatherOperand(_ name: String, pixels: Range<Int>, input: UnsafePointer<Float>) -> Stage {
    let (shape, workspace, depth, block) = (shape, workspace, depth, Self.blockPixels)
    return Stage("\(name) gather", itemCount: pieceCount(of: pixels.count, size: block)) { item, _ in
      var convolution = shape.cValue
      let range = piece(item, of: pixels.count, size: block)
      ck_gather_patches(
        &convolution, pixels.lowerBound + range.lowerBound, range.count, input,
        workspace.leftOperand + range.lowerBound * depth)
    }
  }

  private func multiplyOperands(
    _ name: String, pixels: Range<Int>, outputGradient: UnsafePointer<Float>, accumulate: Bool
  ) -> Stage {
    let (shape, workspace, kernels, depth) = (shape, workspace, kernels, depth)
    let outputs = shape.outputChannels
    return Stage(name, itemCount: pieceCount(of: depth, size: Self.gradientRows)) { item, _ in
      let rows = piece(item, of: depth, size: Self.gradientRows)
      kernels.gemm_transposed(
        Int32(rows.count), Int32(pixels.count), Int32(outputs), workspace.leftOperand + rows.lowerBound, depth,
        outputGradient + pixels.lowerBound * outputs, outputs,
        workspace.transformedWeightGradient + rows.lowerBound * outputs, outputs, accumulate)
    }
  }

  /// [ky, kx, in, out] to the published [out, in, ky, kx].
  private func unpackGradient(_ name: String, weightGradient: UnsafeMutablePointer<Float>) -> Stage {
    let (shape, workspace, depth) = (shape, workspace, depth)
    let taps = shape.kernel * shape.kernel
    return Stage("\(name) layout", itemCount: shape.outputChannels) { output, _ in
      for row in 0..<depth {
        let (tap, channel) = (row / shape.inputChannels, row % shape.inputChannels)
        weightGradient[(output * shape.inputChannels + channel) * taps + tap] =
          workspace.transformedWeightGradient[row * shape.outputChannels + output]
      }
    }
  }
}
