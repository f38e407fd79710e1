import Foundation
import Numerics
import Primitives

/// Everything that the encoder learns, with its gradient and Adam's moments: four blocks of one layout, and the running
/// statistics of batch normalisation.
public final class EncoderWeights: @unchecked Sendable {
  /// The learned tensors, in the published order.
  public static let parameters: [TensorDescriptor] = parameterLayout.tensors
  /// Running means and variances, in the published order.
  public static let statistics: [TensorDescriptor] = statisticsLayout.tensors
  /// Published names of the counters `num_batches_tracked`, one a normalisation.
  public static let counterNames: [String] =
    EncoderArchitecture.normalisedConvolutions.map { "\($0.normalisationName).num_batches_tracked" }
  /// Learned floats: 5,291,648.
  public static let parameterCount = parameterLayout.count

  /// The parameters.
  public let values = FloatBlock(count: parameterLayout.count)
  /// d loss / d parameters of the last step.
  public let gradients = FloatBlock(count: parameterLayout.count)
  /// Adam's first moments (`exp_avg`).
  public let firstMoments = FloatBlock(count: parameterLayout.count)
  /// Adam's second moments (`exp_avg_sq`).
  public let secondMoments = FloatBlock(count: parameterLayout.count)
  /// Running means and variances.
  public let runningStatistics = FloatBlock(count: statisticsLayout.count)
  /// Updates of the running statistics so far (`num_batches_tracked`, the same for every normalisation).
  public var batchesTracked: Int64 = 0
  /// Means and variances over frames that kept all their colours, laid out like the running ones (``CleanStatistics``).
  public let cleanStatistics = FloatBlock(count: statisticsLayout.count)
  /// Groups of images that entered the clean statistics; 0 means that there are none.
  public var cleanBatchesTracked: Int64 = 0

  private static let offsets = Dictionary(
    uniqueKeysWithValues: (parameters + statistics).map { ($0.name, $0.offset) })

  /// Zero weights, running means 0 and variances 1.
  public init() {
    resetRunningStatistics()
  }

  /// PyTorch's default initialisation: convolution weights and bias uniform in +-1/sqrt(fan in), normalisation weights 1 and
  /// biases 0, running means 0 and variances 1.
  ///
  /// - Parameter seed: the same seed gives the same weights everywhere.
  public func initialise(seed: UInt64) {
    for (index, tensor) in Self.parameters.enumerated() {
      var random = CounterRandom(seed: seed, purpose: .initialWeights, index: UInt64(index))
      switch Self.initialBound(of: tensor) {
      case .uniform(let bound):
        for i in tensor.range { values.pointer[i] = Float(random.uniform(in: -bound...bound)) }
      case .constant(let value):
        for i in tensor.range { values.pointer[i] = value }
      }
    }
    firstMoments.zero()
    secondMoments.zero()
    resetRunningStatistics()
  }

  /// Address of a parameter. - Precondition: the name is a published one.
  public func value(_ name: String) -> UnsafeMutablePointer<Float> { values.pointer + Self.offset(of: name) }

  /// Address of a parameter's gradient. - Precondition: the name is a published one.
  public func gradient(_ name: String) -> UnsafeMutablePointer<Float> { gradients.pointer + Self.offset(of: name) }

  /// Address of a running statistic. - Precondition: the name is a published one.
  public func statistic(_ name: String) -> UnsafeMutablePointer<Float> {
    runningStatistics.pointer + Self.offset(of: name)
  }

  /// Address of a clean statistic. - Precondition: the name is a published one.
  public func cleanStatistic(_ name: String) -> UnsafeMutablePointer<Float> {
    cleanStatistics.pointer + Self.offset(of: name)
  }

  /// Puts the clean statistics in place of the running ones, if there are any.
  ///
  /// - Returns: whether there were.
  @discardableResult public func adoptCleanStatistics() -> Bool {
    guard cleanBatchesTracked > 0 else { return false }
    runningStatistics.pointer.update(from: cleanStatistics.pointer, count: cleanStatistics.count)
    return true
  }

  private static func offset(of name: String) -> Int {
    guard let offset = offsets[name] else { preconditionFailure("the encoder has no tensor named \(name)") }
    return offset
  }

  private func resetRunningStatistics() {
    for tensor in Self.statistics {
      let value: Float = tensor.name.hasSuffix("running_var") ? 1 : 0
      for i in tensor.range { runningStatistics.pointer[i] = value }
    }
    batchesTracked = 0
    cleanStatistics.zero()
    cleanBatchesTracked = 0
  }

  private enum InitialValues {
    case uniform(Double)
    case constant(Float)
  }

  private static func initialBound(of tensor: TensorDescriptor) -> InitialValues {
    if tensor.shape.count == 4 {
      return .uniform(1 / Double(tensor.shape.dropFirst().reduce(1, *)).squareRoot())
    }
    if tensor.name == "\(EncoderArchitecture.headName).bias" {
      return .uniform(1 / Double(EncoderArchitecture.headInputChannels * 9).squareRoot())
    }
    return .constant(tensor.name.hasSuffix(".weight") ? 1 : 0)
  }

  private static let parameterLayout: TensorLayout = {
    var layout = TensorLayout()
    for unit in EncoderArchitecture.normalisedConvolutions {
      layout.append("\(unit.name).weight", [unit.outputChannels, unit.inputChannels, unit.kernel, unit.kernel])
      layout.append("\(unit.normalisationName).weight", [unit.outputChannels])
      layout.append("\(unit.normalisationName).bias", [unit.outputChannels])
    }
    let head = EncoderArchitecture.headName
    layout.append(
      "\(head).weight", [EncoderArchitecture.embeddingChannels, EncoderArchitecture.headInputChannels, 3, 3])
    layout.append("\(head).bias", [EncoderArchitecture.embeddingChannels])
    return layout
  }()

  private static let statisticsLayout: TensorLayout = {
    var layout = TensorLayout()
    for unit in EncoderArchitecture.normalisedConvolutions {
      layout.append("\(unit.normalisationName).running_mean", [unit.outputChannels])
      layout.append("\(unit.normalisationName).running_var", [unit.outputChannels])
    }
    return layout
  }()
}
