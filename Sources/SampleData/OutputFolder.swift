import Foundation
import Glibc
import Media

/// The folder that a sample set is put into: whole or not at all, and never over somebody else's files.
///
/// Everything is made in a hidden folder inside the target and moved into place at the end, after the manifest that says
/// which files are ours. So a set can be made again in place, and a folder that holds anything else is refused.
struct OutputFolder {
  /// What `sample-data.json` says.
  struct Manifest: Codable, Equatable {
    /// Raised when the same options give other pictures.
    static let currentFormat = 1
    var format: Int
    var options: SampleDataOptions
    /// Paths relative to the folder, sorted.
    var files: [String]
  }

  private static let manifestName = "sample-data.json"
  private static let stagingPrefix = ".corrflow-sample-data-"

  /// Where the set is made.
  let staging: URL
  /// The set that is there already, or nil.
  let existing: Manifest?

  private let root: URL
  private let createdRoot: Bool

  /// Opens or creates the folder.
  ///
  /// - Throws: `notAFolder`, `notEmpty`, `fileSystem`.
  init(at root: URL) throws {
    self.root = root
    let kind = Self.kind(of: root)
    if kind == .other { throw SampleDataError.notAFolder(path: root.path) }
    createdRoot = kind == .missing
    if createdRoot {
      try Self.attempt(root) { try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true) }
    }
    try Self.removeAbandonedStaging(in: root)
    existing = try Self.readManifest(in: root)
    try Self.refuseForeignFiles(in: root, manifest: existing)
    staging = root.appendingPathComponent("\(Self.stagingPrefix)\(getpid())", isDirectory: true)
    let staging = staging
    try Self.attempt(root) { try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: false) }
  }

  /// Whether the folder holds exactly the set that these options give.
  func isComplete(for options: SampleDataOptions) -> Bool {
    guard let existing, existing.format == Manifest.currentFormat, existing.options == options else { return false }
    return existing.files.allSatisfy { Self.kind(of: root.appendingPathComponent($0)) != .missing }
  }

  /// Runs `body`; its errors name a file where it would have come to lie, not the hidden folder that is gone when they are
  /// read.
  func namingTargets(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as MediaError {
      throw SampleDataError.cannotDraw(path: target(of: error.path), problem: error.problem)
    } catch SampleDataError.fileSystem(let path, let reason) {
      throw SampleDataError.fileSystem(path: target(of: path), reason: reason)
    }
  }

  private func target(of path: String) -> String {
    guard path.hasPrefix(staging.path) else { return path }
    return root.path + path.dropFirst(staging.path.count)
  }

  /// Moves the set from `staging` into place; an older set is removed.
  func commit(_ options: SampleDataOptions) throws {
    let files = try Self.attempt(root) { try Self.files(below: staging).sorted() }
    let manifest = Manifest(format: Manifest.currentFormat, options: options, files: files)
    // Until the last move the manifest lists old and new files: whatever is there is known to be ours.
    var transitional = manifest
    transitional.files = Set(files).union(existing?.files ?? []).sorted()
    try write(transitional)
    try Self.attempt(root) {
      let old = staging.appendingPathComponent("old", isDirectory: true)
      try FileManager.default.createDirectory(at: old, withIntermediateDirectories: false)
      for name in SampleDataGenerator.folders {
        let target = root.appendingPathComponent(name)
        if Self.kind(of: target) != .missing {
          try FileManager.default.moveItem(at: target, to: old.appendingPathComponent(name))
        }
        try FileManager.default.moveItem(at: staging.appendingPathComponent(name), to: target)
      }
    }
    try write(manifest)
    try Self.attempt(root) { try FileManager.default.removeItem(at: staging) }
  }

  /// Removes what was being made, and the folder itself if it was created for it.
  func abandon() {
    // Cleaning up after an error: there is nobody left to tell if this fails too, and the next run removes it.
    _ = try? FileManager.default.removeItem(at: staging)
    if createdRoot {
      rmdir(root.path)
    }
  }

  private func write(_ manifest: Manifest) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let target = root.appendingPathComponent(Self.manifestName)
    try Self.attempt(target) { try encoder.encode(manifest).write(to: target, options: .atomic) }
  }

  private static func readManifest(in root: URL) throws -> Manifest? {
    let path = root.appendingPathComponent(manifestName)
    guard kind(of: path) != .missing else { return nil }
    do {
      return try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: path))
    } catch {
      throw SampleDataError.notEmpty(path: root.path, example: manifestName)
    }
  }

  private static func refuseForeignFiles(in root: URL, manifest: Manifest?) throws {
    var known = Set(manifest?.files ?? [])
    if manifest != nil { known.insert(manifestName) }
    let found = try attempt(root) { try files(below: root) }
    if let foreign = found.sorted().first(where: { !known.contains($0) }) {
      throw SampleDataError.notEmpty(path: root.path, example: foreign)
    }
  }

  /// Removes what a killed run has left behind; leaves alone what a living one works in.
  private static func removeAbandonedStaging(in root: URL) throws {
    try attempt(root) {
      for name in try FileManager.default.contentsOfDirectory(atPath: root.path) where name.hasPrefix(stagingPrefix) {
        guard let owner = pid_t(name.dropFirst(stagingPrefix.count)) else { continue }
        if owner != getpid() && kill(owner, 0) == 0 { continue }
        try FileManager.default.removeItem(at: root.appendingPathComponent(name))
      }
    }
  }

  /// All files below `folder`, relative to it, without those of sets that are being made.
  private static func files(below folder: URL) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
      !path.hasPrefix(stagingPrefix) && kind(of: folder.appendingPathComponent(path)) != .folder
    }
  }

  private enum Kind {
    case missing
    case folder
    case other
  }

  private static func kind(of url: URL) -> Kind {
    var status = stat()
    guard stat(url.path, &status) == 0 else { return .missing }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
  }

  /// Runs `body`; what Foundation throws becomes an error of this module.
  private static func attempt<Result>(_ url: URL, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as SampleDataError {
      throw error
    } catch {
      throw SampleDataError.fileSystem(path: url.path, reason: error.localizedDescription)
    }
  }
}
