import CorrespondenceFlow
import Foundation
import Primitives
import SafeTensors
import Testing
import TestFiles

@testable import Training

@Suite("Checkpoint files")
struct CheckpointTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A checkpoint gives back every number and the whole state")
  func roundTrip() throws {
    let (engine, state) = trained()
    let record = try write(state, engine)
    let copy = SmallEngine(seed: 9)
    #expect(try CheckpointFile.read(record.file, into: copy) == state)
    #expect(copy.contents == engine.contents)
    #expect(try CheckpointFile.state(of: record.file) == state)
  }

  @Test("The record has the file's size and SHA-256, and the file's name its step")
  func record() throws {
    let (engine, state) = trained()
    let record = try write(state, engine)
    let data = try Data(contentsOf: record.file)
    #expect(record.byteCount == Int64(data.count))
    #expect(record.byteCount <= CheckpointFile.byteCount(of: engine))
    #expect(record.sha256 == FileDigest.sha256(of: data))
    #expect(record.file.lastPathComponent == "000000042-\(record.sha256.prefix(8)).safetensors")
    #expect(record.step == 42 && record.loss == 1.0 / 7)
    #expect(try folder.names == [record.file.lastPathComponent])
  }

  @Test("Tensors have their published names, the moments the optimiser's, and the counters are scalars of 64 bits")
  func names() throws {
    let (engine, state) = trained()
    let file = try SafeTensorsFile(contentsOf: write(state, engine).file)
    #expect(
      Set(file.names) == [
        "conv.weight", "norm.weight", "head.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked",
        "optimizer.exp_avg.conv.weight", "optimizer.exp_avg.norm.weight", "optimizer.exp_avg.head.bias",
        "optimizer.exp_avg_sq.conv.weight", "optimizer.exp_avg_sq.norm.weight", "optimizer.exp_avg_sq.head.bias",
        "clean.norm.running_mean", "clean.norm.running_var", "clean.num_batches_tracked",
      ])
    #expect(try file.info("norm.num_batches_tracked").shape == [])
    #expect(try file.values("norm.num_batches_tracked", as: Int64.self) == [48])
    #expect(try file.info("conv.weight").shape == [2, 3, 1, 1])
    #expect(file.metadata["format_version"] == "2" && file.metadata["samples"] == "84")
  }

  @Test("A checkpoint of version 1, which has no clean statistics, is read and has none")
  func versionOne() throws {
    let (engine, state) = trained()
    engine.cleanBatchesTracked = 4
    let whole = try SafeTensorsFile(contentsOf: write(state, engine).file)
    var metadata = whole.metadata
    metadata["format_version"] = "1"
    let digests = try JSONDecoder().decode([String: String].self, from: Data((metadata["tensor_sha256"] ?? "").utf8))
    let old = digests.filter { !$0.key.hasPrefix("clean.") }
    metadata["tensor_sha256"] = String(decoding: try JSONEncoder().encode(old), as: UTF8.self)
    metadata["metadata_sha256"] = nil
    var digest = FileDigest()
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      digest.update(Array("\(key)\u{0}\(value)\u{0}".utf8))
    }
    metadata["metadata_sha256"] = digest.hex
    let file = folder.url.appending(path: "version1.safetensors")
    let tensors = try whole.names.filter { !$0.hasPrefix("clean.") }.map { name in
      let info = try whole.info(name)
      return info.elementType == .float32
        ? SafeTensorsWriter.Tensor(name: name, shape: info.shape, values: try whole.values(name, as: Float.self))
        : SafeTensorsWriter.Tensor(name: name, shape: info.shape, values: try whole.values(name, as: Int64.self))
    }
    _ = try DurableFile.create(in: folder.url, label: "version1") { descriptor, path in
      try SafeTensorsWriter(descriptor: descriptor, path: path).write(metadata: metadata, tensors: tensors)
    } name: { _ in
      file.lastPathComponent
    }
    let copy = SmallEngine(seed: 3)
    copy.cleanBatchesTracked = 9
    #expect(try CheckpointFile.read(file, into: copy) == state)
    #expect(Array(copy[.values]) == Array(engine[.values]))
    #expect(copy.cleanBatchesTracked == 0)
  }

  @Test("Clean statistics survive a checkpoint, also read as weights")
  func cleanStatistics() throws {
    let (engine, state) = trained()
    engine.cleanBatchesTracked = 4
    let file = try write(state, engine).file
    let (copy, weights) = (SmallEngine(seed: 3), SmallEngine(seed: 3))
    _ = try CheckpointFile.read(file, into: copy)
    try WeightsFile.read(file, into: weights)
    for network in [copy, weights] {
      #expect(Array(network[.cleanStatistics]) == Array(engine[.cleanStatistics]))
      #expect(network.cleanBatchesTracked == 4)
    }
  }

  @Test("Only its owner can read a checkpoint")
  func permissions() throws {
    let (engine, state) = trained()
    let attributes = try FileManager.default.attributesOfItem(atPath: write(state, engine).file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("Fitted centroids survive to the last bit")
  func centroids() throws {
    var (engine, state) = trained()
    state.centroids = ColourCentroids(points: (0..<16).map { .init(a: Double($0) / 3, b: -Double($0) / 7) })
    let record = try write(state, engine)
    engine = SmallEngine()
    #expect(try CheckpointFile.read(record.file, into: engine).centroids == state.centroids)
  }

  @Test("A leftover temporary file of a process that died is replaced")
  func leftover() throws {
    let (engine, state) = trained()
    try Data("torn".utf8).write(to: folder.url.appending(path: ".000000042.tmp-\(getpid())"))
    let record = try write(state, engine)
    #expect(try folder.names == [record.file.lastPathComponent])
  }

  @Test("An existing file of the same name is not replaced, and no temporary file stays")
  func noReplacing() throws {
    let (engine, state) = trained()
    let record = try write(state, engine)
    let error = #expect(throws: TrainingError.self) { try write(state, engine) }
    #expect(error?.description.contains("File exists") == true)
    #expect(try folder.names == [record.file.lastPathComponent])
  }

  @Test("A folder that cannot be made is an error that names it")
  func noFolder() throws {
    let (engine, state) = trained()
    let blocked = folder.url.appending(path: "file")
    try Data().write(to: blocked)
    let error = #expect(throws: TrainingError.self) {
      try CheckpointFile.write(state, of: engine, to: blocked.appending(path: "checkpoints"), time: .distantPast)
    }
    #expect(error?.description.contains(blocked.path) == true)
  }

  private func trained() -> (SmallEngine, CheckpointState) {
    let engine = SmallEngine()
    for (index, block) in NetworkBlock.allCases.enumerated() {
      for place in engine[block].indices { engine[block][place] = Float(index * 100 + place) / 7 }
    }
    engine.batchesTracked = 48
    var state = smallState(step: 42, steps: 100)
    state.attempt = 3
    state.loss = 1.0 / 7
    return (engine, state)
  }

  @discardableResult
  private func write(_ state: CheckpointState, _ engine: SmallEngine) throws -> CheckpointRecord {
    try CheckpointFile.write(state, of: engine, to: folder.url, time: Date(timeIntervalSince1970: 5))
  }
}

@Suite("Checkpoints that are damaged or foreign")
struct CheckpointFaultTests {
  let folder: TemporaryFolder
  let engine = SmallEngine()

  init() throws { folder = try TemporaryFolder() }

  @Test("A file cut anywhere is refused, and the network stays as it was")
  func truncated() throws {
    let data = try Data(contentsOf: write().file)
    let file = folder.url.appending(path: "cut.safetensors")
    for length in stride(from: 0, to: data.count, by: 97) {
      try data.prefix(length).write(to: file)
      try expectUntouched { try CheckpointFile.read(file, into: $0) }
    }
  }

  @Test("An altered tensor is named, whichever it is")
  func alteredTensor() throws {
    let record = try write()
    let contents = try SafeTensorsFile(contentsOf: record.file)
    let data = try Data(contentsOf: record.file)
    let start = data.count - contents.names.reduce(0) { $0 + (contents.tensors[$1]?.byteRange.count ?? 0) }
    for name in contents.names {
      var altered = data
      altered[start + (try contents.info(name).byteRange.lowerBound)] ^= 1
      let file = folder.url.appending(path: "altered.safetensors")
      try altered.write(to: file)
      let error = try expectUntouched { try CheckpointFile.read(file, into: $0) }
      #expect(error == .damagedTensor(file: file.path, tensor: name))
    }
  }

  @Test("Altered metadata are noticed")
  func alteredMetadata() throws {
    var data = try Data(contentsOf: write().file)
    let seed = try #require(data.range(of: Data(#""seed":"77""#.utf8)))
    data.replaceSubrange(seed, with: Data(#""seed":"78""#.utf8))
    let file = folder.url.appending(path: "altered.safetensors")
    try data.write(to: file)
    let error = try expectUntouched { try CheckpointFile.read(file, into: $0) }
    #expect(error == .damagedHeader(file: file.path))
    #expect(throws: TrainingError.damagedHeader(file: file.path)) { try CheckpointFile.state(of: file) }
  }

  @Test("Every single altered byte of a file is noticed")
  func everyByte() throws {
    let data = try Data(contentsOf: write().file)
    let file = folder.url.appending(path: "altered.safetensors")
    for place in data.indices {
      var altered = data
      altered[place] ^= 0x20
      try altered.write(to: file)
      let copy = SmallEngine(seed: 5)
      // A letter of the header's own punctuation may change without a change of meaning, such as a blank of its padding.
      if let state = try? CheckpointFile.read(file, into: copy) {
        #expect(state == smallState(step: 4) && copy.contents == engine.contents, "byte \(place)")
      }
    }
  }

  @Test("A checkpoint of another architecture is refused with the names that differ")
  func otherArchitecture() throws {
    let record = try write()
    let other = SmallEngine(parameters: [
      StoredTensor(name: "conv.weight", shape: [3, 2, 1, 1], offset: 0),
      StoredTensor(name: "norm.weight", shape: [2], offset: 6),
      StoredTensor(name: "tail.bias", shape: [3], offset: 8),
    ])
    let before = other.contents
    let error = #expect(throws: TrainingError.self) { try CheckpointFile.read(record.file, into: other) }
    #expect(other.contents == before)
    guard case .otherArchitecture(_, let difference)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(difference.missing.contains("tail.bias") && difference.unexpected.contains("head.bias"))
    #expect(difference.shapes.first?.found == [2, 3, 1, 1])
    #expect(
      error?.description.contains("conv.weight ([2, 3, 1, 1] in the file, [3, 2, 1, 1] in the network)") == true)
  }

  @Test("Weights alone are no checkpoint to resume from, and the message says what they are good for")
  func weightsOnly() throws {
    let file = folder.url.appending(path: "weights.safetensors")
    try WeightsFile.write(engine, to: file)
    let error = try expectUntouched { try CheckpointFile.read(file, into: $0) }
    #expect(error?.description.contains("initial_weights") == true)
  }

  @Test("A checkpoint of a later format is refused")
  func laterFormat() throws {
    let file = folder.url.appending(path: "later.safetensors")
    try WeightsFile.write(engine, to: file, metadata: ["format_version": "3"])
    let error = try expectUntouched { try CheckpointFile.read(file, into: $0) }
    #expect(error == .newerFormat(file: file.path, version: 3))
  }

  @Test("A missing file and a file of text are refused with the path")
  func unreadable() throws {
    let missing = folder.url.appending(path: "missing.safetensors")
    let text = folder.url.appending(path: "text.safetensors")
    try Data("not a checkpoint, but a text of some length".utf8).write(to: text)
    for file in [missing, text, folder.url] {
      let error = try expectUntouched { try CheckpointFile.read(file, into: $0) }
      #expect(error?.description.contains(file.lastPathComponent) == true)
    }
  }

  @discardableResult
  private func expectUntouched(_ read: (SmallEngine) throws -> CheckpointState) throws -> TrainingError? {
    let copy = SmallEngine(seed: 5)
    let before = copy.contents
    let error = #expect(throws: TrainingError.self) { _ = try read(copy) }
    #expect(copy.contents == before)
    return error
  }

  private func write() throws -> CheckpointRecord {
    try CheckpointFile.write(smallState(step: 4), of: engine, to: folder.url, time: .distantPast)
  }
}

@Suite("Weights files")
struct WeightsFileTests {
  let folder: TemporaryFolder
  let engine = SmallEngine()

  init() throws { folder = try TemporaryFolder() }

  @Test("Weights survive export and import, with and without the wrapper's prefix", arguments: ["", "module."])
  func roundTrip(prefix: String) throws {
    engine.batchesTracked = 7
    let file = folder.url.appending(path: "weights.safetensors")
    try WeightsFile.write(engine, to: file, prefix: prefix)
    #expect(try SafeTensorsFile(contentsOf: file).names.allSatisfy { $0.hasPrefix(prefix) })
    let copy = SmallEngine(seed: 3)
    try WeightsFile.read(file, into: copy)
    #expect(Array(copy[.values]) == Array(engine[.values]))
    #expect(Array(copy[.runningStatistics]) == Array(engine[.runningStatistics]))
    #expect(copy.batchesTracked == 7)
  }

  @Test("A checkpoint can be read as weights; moments stay as they were")
  func fromCheckpoint() throws {
    engine[.firstMoments][0] = 4
    let record = try CheckpointFile.write(smallState(step: 1), of: engine, to: folder.url, time: .distantPast)
    let copy = SmallEngine(seed: 3)
    try WeightsFile.read(record.file, into: copy)
    #expect(Array(copy[.values]) == Array(engine[.values]))
    #expect(copy[.firstMoments][0] == 0)
  }

  @Test("Files without the counters of batches are read, as older PyTorch wrote them")
  func withoutCounters() throws {
    let file = folder.url.appending(path: "old.safetensors")
    try write(engine.weightTensors.map { .init($0.tensor, engine.floats($0.tensor, in: $0.block)) }, to: file)
    let copy = SmallEngine(seed: 3)
    copy.batchesTracked = 5
    try WeightsFile.read(file, into: copy)
    #expect(Array(copy[.values]) == Array(engine[.values]))
    #expect(copy.batchesTracked == 0)
  }

  @Test("Weights of another type are refused before anything is loaded")
  func otherType() throws {
    let file = folder.url.appending(path: "double.safetensors")
    try write(
      engine.weightTensors.map { tensor, block in
        tensor.name == "head.bias"
          ? .init(name: tensor.name, shape: tensor.shape, values: [1.0, 2.0, 3.0])
          : .init(tensor, engine.floats(tensor, in: block))
      }, to: file)
    let copy = SmallEngine(seed: 3)
    let before = copy.contents
    let error = #expect(throws: TrainingError.self) { try WeightsFile.read(file, into: copy) }
    #expect(error?.description.contains("tensor 'head.bias' is F64, expected F32") == true)
    #expect(copy.contents == before)
  }

  @Test("A PyTorch file is refused with the command that converts it")
  func pickle() throws {
    let file = folder.url.appending(path: "checkpoint.tar")
    try Data([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]).write(to: file)
    let error = #expect(throws: TrainingError.self) { try WeightsFile.read(file, into: engine) }
    #expect(error?.description.contains("safetensors.torch") == true)
  }

  @Test("An existing file is not overwritten by an export")
  func existing() throws {
    let file = folder.url.appending(path: "weights.safetensors")
    try Data("mine".utf8).write(to: file)
    #expect(throws: TrainingError.self) { try WeightsFile.write(engine, to: file) }
    #expect(try Data(contentsOf: file) == Data("mine".utf8))
    #expect(try folder.names == ["weights.safetensors"])
  }

  private func write(_ tensors: [SafeTensorsWriter.Tensor], to file: URL) throws {
    _ = try DurableFile.create(in: folder.url, label: "test") { descriptor, path in
      try SafeTensorsWriter(descriptor: descriptor, path: path).write(tensors: tensors)
    } name: { _ in
      file.lastPathComponent
    }
  }
}
