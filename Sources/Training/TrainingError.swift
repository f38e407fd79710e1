import Foundation

/// Why training, or the reading or writing of a checkpoint, failed.
public enum TrainingError: Error, Sendable, Equatable {
  /// The loss or the gradient became NaN or infinite; the weights of the last checkpoint are good.
  case notFinite(step: Int, quantity: String, value: Double, lastCheckpointStep: Int?)
  /// A checkpoint could not be written; earlier ones are as they were.
  case cannotWrite(file: String, reason: String, outOfSpace: Bool)
  /// The file is missing, truncated or no safetensors file.
  case unreadable(reason: String)
  /// The file is a safetensors file, but not a checkpoint to resume from.
  case notACheckpoint(file: String, reason: String)
  /// The file was written by a later version of this program.
  case newerFormat(file: String, version: Int)
  /// The bytes of a tensor are not those that were written.
  case damagedTensor(file: String, tensor: String)
  /// The description at the head of the file is not the one that was written.
  case damagedHeader(file: String)
  /// The tensors are not those of this network.
  case otherArchitecture(file: String, difference: ArchitectureDifference)
  /// The checkpoint is of a later step than the run has.
  case checkpointBeyondEnd(file: String, step: Int, steps: Int)
  /// The machine has not the memory for a step.
  case notEnoughMemory(neededBytes: Int, availableBytes: Int)
}

/// How the tensors of a file differ from those of the network.
public struct ArchitectureDifference: Sendable, Equatable {
  /// A tensor whose shape differs.
  public struct Shape: Sendable, Equatable {
    /// The tensor.
    public let name: String
    /// Extents in the network.
    public let expected: [Int]
    /// Extents in the file.
    public let found: [Int]
  }

  /// Tensors of the network that the file does not have.
  public let missing: [String]
  /// Tensors of the file that the network does not have.
  public let unexpected: [String]
  /// Tensors of both whose shapes differ.
  public let shapes: [Shape]

  /// Whether there is none.
  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && shapes.isEmpty }
}

extension TrainingError: CustomStringConvertible {
  /// What failed, on which file or step, and what to do next.
  public var description: String {
    switch self {
    case .notFinite(let step, let quantity, let value, let lastCheckpoint):
      let kept = lastCheckpoint.map { "the checkpoint of step \($0) is good" } ?? "there is no checkpoint yet"
      return
        "the \(quantity) of step \(step) is \(value); training ended before the weights were touched, and \(kept): "
        + "start from it with a lower learning_rate, or with scale_affinity"
    case .cannotWrite(let file, let reason, let outOfSpace):
      let remedy =
        outOfSpace ? "free some space" : "see that its folder exists and may be written, and holds no file of that name"
      return "cannot write \(file): \(reason). Other files are untouched, and nothing of this one is left: \(remedy)"
    case .unreadable(let reason): return reason
    case .notACheckpoint(let file, let reason):
      return "\(file) is not a checkpoint to resume from: \(reason); its weights can be used as initial_weights"
    case .newerFormat(let file, let version):
      return "\(file) has format \(version), which is newer than this program reads: use the version that wrote it"
    case .damagedTensor(let file, let tensor):
      return "\(file) was damaged or altered: the contents of tensor '\(tensor)' do not have the SHA-256 that was "
        + "recorded with it; use an earlier checkpoint"
    case .damagedHeader(let file):
      return "\(file) was damaged or altered: its metadata do not have the SHA-256 that was recorded with them; use an "
        + "earlier checkpoint"
    case .otherArchitecture(let file, let difference):
      return "\(file) holds the weights of another network: \(difference)"
    case .checkpointBeyondEnd(let file, let step, let steps):
      return "\(file) is of step \(step), but the run has only \(steps) steps: give it more steps"
    case .notEnoughMemory(let needed, let available):
      return "a step takes about \(needed >> 20) MiB and \(available >> 20) MiB are free: lower batch_size, frames, or "
        + "height and width, use restricted attention, or end other programs"
    }
  }
}

extension ArchitectureDifference: CustomStringConvertible {
  /// Which tensors are missing, unexpected or of another shape; at most four of each by name.
  public var description: String {
    [
      Self.list("missing", missing),
      Self.list("unexpected", unexpected),
      Self.list(
        "of another shape", shapes.map { "\($0.name) (\($0.found) in the file, \($0.expected) in the network)" }),
    ].compactMap(\.self).joined(separator: "; ")
  }

  private static func list(_ what: String, _ names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    let shown = names.prefix(4).joined(separator: ", ")
    return "\(names.count) tensor(s) \(what): \(shown)\(names.count > 4 ? ", ..." : "")"
  }
}
