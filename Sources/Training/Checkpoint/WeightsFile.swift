import Foundation
import Primitives
import SafeTensors

/// Weights alone, as they travel to and from PyTorch.
///
/// The release saves `torch.nn.DataParallel` modules, whose names begin with `module.`; both spellings are read. A checkpoint
/// can be read as weights too: its optimiser's moments are passed over.
public enum WeightsFile {
  /// What PyTorch's data-parallel wrapper puts before every name.
  public static let wrapperPrefix = "module."

  /// Loads the weights and running statistics of `file`, and clean statistics where it has them.
  ///
  /// - Throws: `TrainingError`; the network is untouched unless the file changes while it is read.
  public static func read(_ file: URL, into network: any NetworkState) throws(TrainingError) {
    let (contents, names) = try checked(file, for: network)
    if contents.metadata["format_version"] != nil {
      try contents.verify(CheckpointMetadata.decoded(contents.metadata, file: contents.path).tensorDigests)
    }
    let counters = network.counterNames.compactMap { names[$0] }
    let counts = try counters.map { (name) throws(TrainingError) in try contents.counter(name) }
    for (tensor, block) in network.weightTensors {
      try contents.load(names[tensor.name] ?? tensor.name, into: network.floats(tensor, in: block))
    }
    network.batchesTracked = counts.max() ?? 0
    network.cleanBatchesTracked = try readClean(contents, into: network)
  }

  /// Loads the clean statistics; returns the batches that they are of, 0 when there are none.
  private static func readClean(
    _ contents: SafeTensorsFile, into network: any NetworkState
  ) throws(TrainingError) -> Int64 {
    guard contents.hasCleanStatistics else { return 0 }
    for (tensor, block) in network.cleanTensors {
      guard contents.tensors[tensor.name]?.shape == tensor.shape else { return 0 }
      try contents.load(tensor.name, into: network.floats(tensor, in: block))
    }
    return try contents.counter(CheckpointFile.cleanCounterName)
  }

  /// Checks that a file has the network's tensors, without reading them.
  public static func check(_ file: URL, for network: any NetworkState) throws(TrainingError) {
    _ = try checked(file, for: network)
  }

  /// The file, and its names by the published ones.
  private static func checked(
    _ file: URL, for network: any NetworkState
  ) throws(TrainingError) -> (contents: SafeTensorsFile, names: [String: String]) {
    let contents = try open(file)
    let names = published(contents.names)
    let floats = network.weightTensors
    let counters = network.counterNames.filter { names[$0] != nil }
    try contents.checkArchitecture(
      Dictionary(floats.map { ($0.tensor.name, $0.tensor.shape) } + counters.map { ($0, []) }) { first, _ in first },
      found: names.mapValues { contents.tensors[$0]?.shape ?? [] })
    try checkTypes(floats.map(\.tensor.name), names: names, contents: contents)
    return (contents, names)
  }

  /// Writes weights and running statistics, without optimiser and state, and syncs them to disk.
  ///
  /// - Parameter prefix: before every name; `module.` for programs that wrap the network as the release does.
  /// - Throws: `TrainingError.cannotWrite`; an existing file is never replaced.
  public static func write(
    _ network: any NetworkState, to file: URL, prefix: String = "", metadata: [String: String] = [:]
  ) throws(TrainingError) {
    let tensors = tensors(of: network, prefix: prefix)
    do {
      _ = try DurableFile.create(in: file.deletingLastPathComponent(), label: file.lastPathComponent) {
        descriptor, path in
        try SafeTensorsWriter(descriptor: descriptor, path: path)
          .write(metadata: metadata.merging(["format": "pt"]) { given, _ in given }, tensors: tensors)
      } name: { _ in
        file.lastPathComponent
      }
    } catch {
      throw .cannotWrite(error, file: file.path)
    }
  }

  private static func tensors(of network: any NetworkState, prefix: String) -> [SafeTensorsWriter.Tensor] {
    let floats = network.weightTensors.map { tensor, block in
      let renamed = StoredTensor(name: prefix + tensor.name, shape: tensor.shape, offset: tensor.offset)
      return SafeTensorsWriter.Tensor(renamed, network.floats(tensor, in: block))
    }
    return floats + network.counters(prefix: prefix)
  }

  /// Opens a safetensors file; tells how to convert what is none.
  private static func open(_ file: URL) throws(TrainingError) -> SafeTensorsFile {
    do {
      return try CheckpointFile.open(file)
    } catch {
      guard case .unreadable(let reason) = error, !file.path.hasSuffix(".safetensors") else { throw error }
      throw .unreadable(
        reason: reason + "; a PyTorch file is converted with: python3 -c 'import sys, torch, safetensors.torch as s; "
          + "s.save_file(torch.load(sys.argv[1], map_location=\"cpu\")[\"state_dict\"], sys.argv[2])' IN OUT.safetensors"
      )
    }
  }

  /// Names in the file by their published name; the optimiser's and the clean statistics' are left out.
  private static func published(_ names: [String]) -> [String: String] {
    let pairs = names.filter { !$0.hasPrefix("optimizer.") && !$0.hasPrefix(CheckpointFile.cleanPrefix) }.map { name in
      (name.hasPrefix(wrapperPrefix) ? String(name.dropFirst(wrapperPrefix.count)) : name, name)
    }
    return Dictionary(pairs) { first, _ in first }
  }

  private static func checkTypes(
    _ wanted: [String], names: [String: String], contents: SafeTensorsFile
  ) throws(TrainingError) {
    for name in wanted {
      let stored = names[name] ?? name
      guard let found = contents.tensors[stored]?.elementType, found != .float32 else { continue }
      let error = SafeTensorsError.wrongElementType(
        path: contents.path, tensor: stored, expected: .float32, found: found)
      throw .unreadable(reason: "\(error)")
    }
  }
}
