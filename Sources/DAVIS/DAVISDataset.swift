import Glibc
import Media
import Primitives

/// A data set in the layout of DAVIS 2017.
///
///     ROOT/JPEGImages/480p/SEQUENCE/00000.jpg
///     ROOT/Annotations/480p/SEQUENCE/00000.png
///     ROOT/ImageSets/2017/SET.txt                 one sequence a line
///
///     let dataset = try DAVISDataset(root: "DAVIS")
///     for sequence in try dataset.set("val").sequences { print(sequence.name, sequence.frames.count) }
public struct DAVISDataset: Sendable, Hashable {
  /// The folder that holds all others.
  public let root: String
  /// The folder below `Annotations` and `JPEGImages`.
  public let resolution: String

  /// - Throws: `DAVISError.noDataset` when the folder has no annotations of this resolution.
  public init(root: String, resolution: String = "480p") throws(DAVISError) {
    self.root = root
    self.resolution = resolution
    guard try FolderNames.list(maskFolder) != nil else { throw .noDataset(root: root, missing: maskFolder) }
  }

  /// Where the masks of all sequences are.
  public var maskFolder: String { "\(root)/Annotations/\(resolution)" }

  /// Where the frames of all sequences are.
  public var imageFolder: String { "\(root)/JPEGImages/\(resolution)" }

  /// Names of the sets that have a list, sorted.
  public var setNames: [String] {
    get throws(DAVISError) {
      let names = try FolderNames.list(listFolder) ?? []
      return names.filter { $0.hasSuffix(".txt") }.map(FolderNames.stem)
    }
  }

  /// Names of the sequences that have a folder of masks, sorted.
  public var sequencesOnDisk: [String] {
    get throws(DAVISError) { try FolderNames.list(maskFolder) ?? [] }
  }

  /// Reads a set: the sequences of its list, and which of them are not here.
  ///
  /// - Throws: `noSuchSet`, `badList` for a list without sequences or with an impossible name, `cannotRead`.
  public func set(_ name: String) throws(DAVISError) -> DAVISSet {
    var sequences: [DAVISSequence] = []
    var missing: [DAVISSet.Missing] = []
    for sequenceName in try sequenceNames(ofSet: name) {
      let sequence = try sequence(sequenceName)
      if let reason = sequence.missing(in: self) {
        missing.append(DAVISSet.Missing(name: sequenceName, reason: reason))
      } else {
        sequences.append(sequence)
      }
    }
    return DAVISSet(name: name, sequences: sequences, missing: missing)
  }

  /// Reads the list of a set: one name a line, each once; empty lines are passed over.
  ///
  /// - Throws: `noSuchSet`, `badList`, `cannotRead`.
  public func sequenceNames(ofSet name: String) throws(DAVISError) -> [String] {
    let path = "\(listFolder)/\(name).txt"
    let text = try readText(path, set: name)
    var names: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let sequence = String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
      if sequence.isEmpty || names.contains(sequence) { continue }
      guard !sequence.contains("/"), sequence != ".", sequence != ".." else {
        throw .badList(path: path, reason: "'\(sequence)' is no name of a sequence")
      }
      names.append(sequence)
    }
    guard !names.isEmpty else { throw .badList(path: path, reason: "it names no sequence") }
    return names
  }

  /// Lists the frames of a sequence; none when it is not here.
  ///
  /// - Throws: `cannotRead`.
  public func sequence(_ name: String) throws(DAVISError) -> DAVISSequence {
    let images = try FolderNames.list("\(imageFolder)/\(name)")?.filter(FrameFolder.isFrame) ?? []
    let masks = try FolderNames.list("\(maskFolder)/\(name)")?.filter(FolderNames.isMask) ?? []
    var frames: [String: DAVISFrame] = [:]
    for file in masks {
      let stem = FolderNames.stem(file)
      frames[stem] = DAVISFrame(name: stem, imagePath: nil, maskPath: "\(maskFolder)/\(name)/\(file)")
    }
    for file in images {
      let stem = FolderNames.stem(file)
      frames[stem, default: DAVISFrame(name: stem)].imagePath = "\(imageFolder)/\(name)/\(file)"
    }
    // As the file names are sorted, which have a full stop after the stem.
    let sorted = frames.values.sorted { "\($0.name).".utf8.lexicographicallyPrecedes("\($1.name).".utf8) }
    return DAVISSequence(name: name, frames: sorted)
  }

  private var listFolder: String { "\(root)/ImageSets/2017" }

  private func readText(_ path: String, set: String) throws(DAVISError) -> String {
    guard let file = fopen(path, "re") else {
      if errno != ENOENT { throw .cannotRead(path: path, code: errno) }
      throw .noSuchSet(set: set, path: path, known: try setNames)
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw .cannotRead(path: path, code: errno) }
    guard count < bytes.count else { throw .badList(path: path, reason: "it is longer than a list of names") }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
