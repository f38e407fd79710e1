import Foundation
import Media

/// The folder that an evaluation or a propagation writes to.
struct OutputFiles {
  let root: URL

  /// The path of a file below the folder; the folders on the way are made.
  func path(_ name: String) throws -> String {
    let file = root.appending(path: name)
    do {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw EvaluationError.cannotWrite(path: file.path, reason: error.localizedDescription)
    }
    return file.path
  }

  /// Writes JSON with sorted members.
  func write(_ value: some Encodable, to name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let path = try path(name)
    do {
      try encoder.encode(value).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw EvaluationError.cannotWrite(path: path, reason: error.localizedDescription)
    }
  }
}
