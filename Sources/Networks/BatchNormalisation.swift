import CKernels
import Numerics

/// Batch normalisation over groups of images, as planned stages.
///
/// The images of one frame index are one group: each group has its own statistics, because the published code encodes each
/// frame by itself. Images of a group lie one after another. eps 1e-5.
///
/// Sums over pixels are made in blocks of fixed size and then in order, in Double, so that they do not depend on threads.
public final class BatchNormalisation {
  /// eps of the published network.
  public static let epsilon = 1e-5
  /// Pixels a block of a sum.
  private static let blockPixels = 256

  let channels: Int
  let groups: Int
  let groupPixels: Int

  /// Batch means, [groups, channels].
  public let means: UnsafeMutablePointer<Float>
  /// Biased batch variances, [groups, channels].
  public let variances: UnsafeMutablePointer<Float>
  let inverseDeviations: UnsafeMutablePointer<Float>
  /// weight / sqrt(variance + eps), [groups, channels].
  let scales: UnsafeMutablePointer<Float>
  private let offsets: UnsafeMutablePointer<Float>
  private let slopes: UnsafeMutablePointer<Float>
  private let partials: UnsafeMutablePointer<Float>
  private let kernels: Kernels
  private let weight: UnsafeMutablePointer<Float>
  let bias: UnsafeMutablePointer<Float>
  private let weightGradient: UnsafeMutablePointer<Float>
  private let biasGradient: UnsafeMutablePointer<Float>

  /// What is added to the normalised value before ReLU.
  enum Residual {
    case none
    case identity(UnsafePointer<Float>)
    case normalised(UnsafePointer<Float>, BatchNormalisation)
  }

  /// - Parameters:
  ///   - name: published name, without ".weight".
  ///   - groups: groups of images with statistics of their own.
  ///   - groupPixels: pixels of all images of a group.
  init(
    name: String, channels: Int, groups: Int, groupPixels: Int, weights: EncoderWeights, plan: MemoryPlan,
    kernels: Kernels
  ) {
    self.channels = channels
    self.groups = groups
    self.groupPixels = groupPixels
    self.kernels = kernels
    weight = weights.value("\(name).weight")
    bias = weights.value("\(name).bias")
    weightGradient = weights.gradient("\(name).weight")
    biasGradient = weights.gradient("\(name).bias")
    means = plan.floats(groups * channels)
    variances = plan.floats(groups * channels)
    inverseDeviations = plan.floats(groups * channels)
    scales = plan.floats(groups * channels)
    offsets = plan.floats(groups * channels)
    slopes = plan.floats(groups * channels)
    partials = plan.floats(2 * groups * pieceCount(of: groupPixels, size: Self.blockPixels) * channels)
  }

  private var blocksPerGroup: Int { pieceCount(of: groupPixels, size: Self.blockPixels) }

  /// Runs `body` for each block of pixels of each group.
  private func overBlocks(
    _ name: String, _ body: @escaping (_ group: Int, _ block: Int, _ pixels: Range<Int>) -> Void
  ) -> Stage {
    let (blocks, groupPixels) = (blocksPerGroup, groupPixels)
    return Stage(name, itemCount: groups * blocks) { item, _ in
      let (group, block) = (item / blocks, item % blocks)
      let range = piece(block, of: groupPixels, size: Self.blockPixels)
      body(group, block, group * groupPixels + range.lowerBound..<group * groupPixels + range.upperBound)
    }
  }

  private func partial(_ group: Int, _ block: Int) -> UnsafeMutablePointer<Float> {
    partials + (group * blocksPerGroup + block) * 2 * channels
  }

  /// Batch statistics of `x`, [images, height, width, channels].
  func statistics(_ name: String, of x: UnsafePointer<Float>) -> [Stage] {
    [
      overBlocks("\(name) moments") { [self] _, block, pixels in
        let sums = partial(pixels.lowerBound / groupPixels, block)
        kernels.channel_moments(pixels.count, Int32(channels), x + pixels.lowerBound * channels, sums, sums + channels)
      },
      Stage("\(name) statistics", itemCount: groups) { [self] group, _ in combineMoments(ofGroup: group) },
    ]
  }

  /// Chan, Golub and LeVeque's pairwise update, block after block.
  private func combineMoments(ofGroup group: Int) {
    for channel in 0..<channels {
      var (mean, m2, count) = (0.0, 0.0, 0.0)
      for block in 0..<blocksPerGroup {
        let pixels = Double(piece(block, of: groupPixels, size: Self.blockPixels).count)
        let sums = partial(group, block)
        let delta = Double(sums[channel]) - mean
        let total = count + pixels
        mean += delta * pixels / total
        m2 += Double(sums[channels + channel]) + delta * delta * count * pixels / total
        count = total
      }
      let variance = m2 / count
      let inverseDeviation = 1 / (variance + Self.epsilon).squareRoot()
      let index = group * channels + channel
      means[index] = Float(mean)
      variances[index] = Float(variance)
      inverseDeviations[index] = Float(inverseDeviation)
      scales[index] = Float(inverseDeviation) * weight[channel]
    }
  }

  /// out = ReLU?(weight * normalised(x) + bias + residual).
  func forward(
    _ name: String, x: UnsafePointer<Float>, residual: Residual, relu: Bool, out: UnsafeMutablePointer<Float>
  ) -> Stage {
    overBlocks(name) { [self] group, _, pixels in
      let (at, own) = (pixels.lowerBound * channels, group * channels)
      switch residual {
      case .none:
        kernels.normalise(
          pixels.count, Int32(channels), x + at, means + own, scales + own, bias, nil, nil, nil, nil, relu, out + at)
      case .identity(let identity):
        kernels.normalise(
          pixels.count, Int32(channels), x + at, means + own, scales + own, bias, identity + at, nil, nil, nil, relu,
          out + at)
      case .normalised(let shortcut, let other):
        kernels.normalise(
          pixels.count, Int32(channels), x + at, means + own, scales + own, bias, shortcut + at, other.means + own,
          other.scales + own, other.bias, relu, out + at)
      }
    }
  }

  /// What followed the normalisation, as the backward pass sees it.
  enum Rectifier {
    /// Nothing.
    case none
    /// ReLU of the normalised value, without a residual: where it was positive is computed again.
    case ofNormalised
    /// ReLU of a sum, with this output.
    case output(UnsafePointer<Float>)
  }

  /// Backward of `forward`. First the backward of ReLU, in place: what is left of `gradient` is also the residual's. Then
  /// xGradient = d loss / d x, and the gradients of weight and bias, overwriting. `xGradient` may be `gradient` or `x`.
  func backward(
    _ name: String, gradient: UnsafeMutablePointer<Float>, rectifier: Rectifier, x: UnsafePointer<Float>,
    xGradient: UnsafeMutablePointer<Float>
  ) -> [Stage] {
    let (activation, shift): (UnsafePointer<Float>?, UnsafePointer<Float>?) =
      switch rectifier {
      case .none: (nil, nil)
      case .ofNormalised: (nil, UnsafePointer(bias))
      case .output(let output): (output, nil)
      }
    return [
      overBlocks("\(name) sums") { [self] group, block, pixels in
        let (at, own, sums) = (pixels.lowerBound * channels, group * channels, partial(group, block))
        kernels.normalise_gradient_sums(
          pixels.count, Int32(channels), gradient + at, activation.map { $0 + at }, x + at, means + own,
          inverseDeviations + own, scales + own, shift, sums, sums + channels)
      },
      Stage("\(name) parameters", itemCount: 1) { [self] _, _ in combineGradientSums() },
      overBlocks(name) { [self] group, _, pixels in
        let (at, own) = (pixels.lowerBound * channels, group * channels)
        kernels.normalise_gradient(
          pixels.count, Int32(channels), gradient + at, x + at, means + own, scales + own, offsets + own, slopes + own,
          xGradient + at)
      },
    ]
  }

  /// dx = scale * (g - mean(g) - normalised(x) * mean(g * normalised(x))), as scale * g - offset - (x - mean) * slope.
  private func combineGradientSums() {
    for channel in 0..<channels {
      var (weightSum, biasSum) = (0.0, 0.0)
      for group in 0..<groups {
        var (sum, normalisedSum) = (0.0, 0.0)
        for block in 0..<blocksPerGroup {
          let sums = partial(group, block)
          sum += Double(sums[channel])
          normalisedSum += Double(sums[channels + channel])
        }
        let index = group * channels + channel
        offsets[index] = Float(Double(scales[index]) * sum / Double(groupPixels))
        slopes[index] = Float(
          Double(scales[index]) * Double(inverseDeviations[index]) * normalisedSum / Double(groupPixels))
        weightSum += normalisedSum
        biasSum += sum
      }
      weightGradient[channel] = Float(weightSum)
      biasGradient[channel] = Float(biasSum)
    }
  }
}
