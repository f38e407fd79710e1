import CorrespondenceFlow
import Foundation
import Primitives

/// Everything of a run that a checkpoint holds beside its tensors.
///
/// There is no random state and no position of the sampler: both follow from the seed and the step (``StepPlan``).
public struct CheckpointState: Sendable, Equatable {
  /// The run that wrote it.
  public var runID: String
  /// The attempt that wrote it, from 1.
  public var attempt: Int
  /// Steps done.
  public var step: Int
  /// Seed of the run.
  public var seed: UInt64
  /// Settings of the run.
  public var configuration: RunConfiguration
  /// The sixteen colours, fitted ones included.
  public var centroids: ColourCentroids
  /// What the videos were, as the catalogue digests them.
  public var catalogueFingerprint: String
  /// Total loss of the last step; nil before the first.
  public var loss: Double?

  /// The state of a run.
  public init(
    runID: String, attempt: Int, step: Int, seed: UInt64, configuration: RunConfiguration, centroids: ColourCentroids,
    catalogueFingerprint: String, loss: Double?
  ) {
    self.runID = runID
    self.attempt = attempt
    self.step = step
    self.seed = seed
    self.configuration = configuration
    self.centroids = centroids
    self.catalogueFingerprint = catalogueFingerprint
    self.loss = loss
  }

  /// Samples seen.
  public var samples: Int { step * configuration.batchSize }
}

/// The `__metadata__` of a checkpoint: strings by name.
///
/// `metadata_sha256` is the digest of all other entries, and `tensor_sha256` has that of every tensor, so a damaged file names
/// what is damaged.
enum CheckpointMetadata {
  /// Version of the format that is written, and the newest that is read. Version 1 had no clean statistics.
  static let version = 2

  /// The entries of `state`.
  static func encoded(
    _ state: CheckpointState, architecture: String, tensorDigests: [String: String]
  ) throws -> [String: String] {
    var entries = [
      "format": "pt",
      "format_version": "\(version)",
      "architecture": architecture,
      "run": state.runID,
      "attempt": "\(state.attempt)",
      "step": "\(state.step)",
      "samples": "\(state.samples)",
      "seed": "\(state.seed)",
      "configuration": try text(state.configuration.json),
      "centroids": try text(CentroidSource.explicit(state.centroids).json),
      "catalogue": state.catalogueFingerprint,
      "tensor_sha256": try text(tensorDigests),
    ]
    entries["loss"] = state.loss.map { "\($0)" }
    entries["metadata_sha256"] = digest(entries)
    return entries
  }

  /// The state and the tensors' digests that `entries` of `file` stand for.
  static func decoded(
    _ entries: [String: String], file: String
  ) throws(TrainingError) -> (state: CheckpointState, tensorDigests: [String: String]) {
    guard let format = entries["format_version"].flatMap({ Int($0) }) else {
      throw .notACheckpoint(file: file, reason: "it has weights, but not the state of a run")
    }
    guard format <= version else { throw .newerFormat(file: file, version: format) }
    guard entries["metadata_sha256"] == digest(entries) else { throw .damagedHeader(file: file) }
    let reader = Reader(entries: entries, file: file)
    let digests = try reader.value("tensor_sha256") {
      try? JSONDecoder().decode([String: String].self, from: Data($0.utf8))
    }
    return (try reader.state(), digests)
  }

  private static func digest(_ entries: [String: String]) -> String {
    var digest = FileDigest()
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) where key != "metadata_sha256" {
      digest.update(Array("\(key)\u{0}\(value)\u{0}".utf8))
    }
    return digest.hex
  }

  private static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Entries that must be there and make sense.
  private struct Reader {
    let entries: [String: String]
    let file: String

    func state() throws(TrainingError) -> CheckpointState {
      CheckpointState(
        runID: try value("run") { $0 },
        attempt: try value("attempt") { Int($0) },
        step: try value("step") { Int($0).flatMap { $0 >= 0 ? $0 : nil } },
        seed: try value("seed") { UInt64($0) },
        configuration: try configuration(),
        centroids: try value("centroids", Self.centroids),
        catalogueFingerprint: try value("catalogue") { $0 },
        loss: entries["loss"].flatMap(Double.init))
    }

    func value<Value>(_ key: String, _ parse: (String) -> Value?) throws(TrainingError) -> Value {
      guard let value = entries[key].flatMap(parse) else {
        throw .notACheckpoint(file: file, reason: "the entry '\(key)' of its metadata is missing or malformed")
      }
      return value
    }

    private func configuration() throws(TrainingError) -> RunConfiguration {
      let json = try value("configuration") { try? JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
      do {
        return try RunConfiguration(validating: json)
      } catch {
        throw .notACheckpoint(file: file, reason: "\(error)")
      }
    }

    private static func centroids(_ text: String) -> ColourCentroids? {
      guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)),
        case .explicit(let centroids)? = CentroidSource(json: json)
      else { return nil }
      return centroids
    }
  }
}
