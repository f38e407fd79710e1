import Foundation
import Primitives
import SafeTensors

/// A checkpoint on disk: one safetensors file with the weights under their published names, the optimiser's moments as
/// `optimizer.exp_avg.<name>` and `optimizer.exp_avg_sq.<name>`, clean statistics as `clean.<name>`, and the state of the run
/// as metadata.
///
/// `safetensors.torch.load_file` opens it as it is; `load_state_dict(..., strict=False)` takes its weights.
public enum CheckpointFile {
  /// What the names of clean statistics begin with.
  static let cleanPrefix = "clean."
  /// The counter of the batches that entered them.
  static let cleanCounterName = "clean.num_batches_tracked"

  /// Writes the checkpoint `<step>-<digest>.safetensors` and syncs it to disk.
  ///
  /// - Parameters:
  ///   - state: the run.
  ///   - network: its tensors, as they are now.
  ///   - directory: the run's folder of checkpoints, made when it is absent.
  ///   - time: what the record says.
  /// - Throws: `TrainingError.cannotWrite`; nothing is left behind then.
  public static func write(
    _ state: CheckpointState, of network: any NetworkState, to directory: URL, time: Date
  ) throws(TrainingError) -> CheckpointRecord {
    let digits = "\(state.step)"
    let label = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    do {
      try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let tensors = tensors(of: network)
      let metadata = try CheckpointMetadata.encoded(
        state, architecture: network.architecture, tensorDigests: digests(of: tensors))
      let (file, written) = try DurableFile.create(in: directory, label: label) { descriptor, path in
        var digest = FileDigest()
        let byteCount = try SafeTensorsWriter(descriptor: descriptor, path: path)
          .write(metadata: metadata, tensors: tensors) { digest.update($0) }
        return (byteCount: byteCount, sha256: digest.hex)
      } name: {
        "\(label)-\($0.sha256.prefix(8)).safetensors"
      }
      return CheckpointRecord(
        file: file, step: state.step, byteCount: Int64(written.byteCount), sha256: written.sha256, time: time,
        loss: state.loss)
    } catch {
      throw .cannotWrite(error, file: directory.appending(path: "\(label).safetensors").path)
    }
  }

  /// Bytes that a checkpoint of `network` takes at most.
  public static func byteCount(of network: any NetworkState) -> Int64 {
    let tensors = network.checkpointTensors + network.cleanTensors
    let floats = tensors.reduce(0) { $0 + $1.tensor.range.count }
    // A tensor's place in the header, its digest in the metadata, and the configuration: measured, and rounded up.
    return Int64(floats * MemoryLayout<Float>.stride + (tensors.count + network.counterNames.count) * 320 + 16_384)
  }

  /// The state in a checkpoint, without its tensors.
  public static func state(of file: URL) throws(TrainingError) -> CheckpointState {
    let contents = try open(file)
    return try CheckpointMetadata.decoded(contents.metadata, file: contents.path).state
  }

  /// Checks every byte of a checkpoint and loads it.
  ///
  /// - Returns: the state of the run.
  /// - Throws: `TrainingError`; the network is untouched then, unless the file changes while it is read.
  public static func read(_ file: URL, into network: any NetworkState) throws(TrainingError) -> CheckpointState {
    let contents = try open(file)
    let (state, digests) = try CheckpointMetadata.decoded(contents.metadata, file: contents.path)
    let hasClean = contents.hasCleanStatistics
    let floats = network.checkpointTensors + (hasClean ? network.cleanTensors : [])
    let counters = network.counterNames + (hasClean ? [cleanCounterName] : [])
    try contents.checkArchitecture(
      Dictionary(floats.map { ($0.tensor.name, $0.tensor.shape) } + counters.map { ($0, []) }) { first, _ in first })
    try contents.verify(digests)
    let counts = try network.counterNames.map { (name) throws(TrainingError) in try contents.counter(name) }
    for (tensor, block) in floats {
      try contents.load(tensor.name, into: network.floats(tensor, in: block))
    }
    network.batchesTracked = counts.first ?? 0
    network.cleanBatchesTracked = hasClean ? try contents.counter(cleanCounterName) : 0
    return state
  }

  /// Opens a safetensors file.
  static func open(_ file: URL) throws(TrainingError) -> SafeTensorsFile {
    do {
      return try SafeTensorsFile(contentsOf: file)
    } catch {
      throw .unreadable(reason: "\(error)")
    }
  }

  private static func tensors(of network: any NetworkState) -> [SafeTensorsWriter.Tensor] {
    let floats = (network.checkpointTensors + network.cleanTensors).map { tensor, block in
      SafeTensorsWriter.Tensor(tensor, network.floats(tensor, in: block))
    }
    let clean = SafeTensorsWriter.Tensor(name: cleanCounterName, shape: [], values: [network.cleanBatchesTracked])
    return floats + network.counters(prefix: "") + [clean]
  }

  private static func digests(of tensors: [SafeTensorsWriter.Tensor]) throws -> [String: String] {
    var digests: [String: String] = [:]
    for tensor in tensors {
      digests[tensor.name] = try tensor.withBytes { bytes in
        var digest = FileDigest()
        digest.update(bytes)
        return digest.hex
      }
    }
    return digests
  }
}

extension NetworkState {
  /// The counters as tensors to write.
  func counters(prefix: String) -> [SafeTensorsWriter.Tensor] {
    counterNames.map { SafeTensorsWriter.Tensor(name: prefix + $0, shape: [], values: [batchesTracked]) }
  }
}

extension SafeTensorsWriter.Tensor {
  /// A tensor of a network's block, which must not change until it is written.
  init(_ tensor: StoredTensor, _ floats: UnsafeMutableBufferPointer<Float>) {
    self.init(
      name: tensor.name, elementType: .float32, shape: tensor.shape, source: .memory(UnsafeRawBufferPointer(floats)))
  }

  /// The bytes that will be written.
  fileprivate func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    switch source {
    case .memory(let bytes): return try body(bytes)
    case .fill(let fill):
      let count = shape.reduce(elementType.byteCount, *)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
      defer { buffer.deallocate() }
      try fill(buffer)
      return try body(UnsafeRawBufferPointer(buffer))
    }
  }
}

extension TrainingError {
  /// `error`, met while `file` was written.
  static func cannotWrite(_ error: any Error, file: String) -> TrainingError {
    switch error {
    case let error as DurableFileError:
      return .cannotWrite(file: file, reason: error.description, outOfSpace: error.isOutOfSpace)
    case SafeTensorsError.writeFailed(_, let reason):
      let noRoom = [ENOSPC, EDQUOT, EFBIG].map { systemMessage($0) }
      return .cannotWrite(file: file, reason: reason, outOfSpace: noRoom.contains(reason))
    default:
      return .cannotWrite(file: file, reason: "\(error)", outOfSpace: false)
    }
  }
}
