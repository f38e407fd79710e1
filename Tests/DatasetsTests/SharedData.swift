import Foundation
import Testing

/// Real footage and fixtures, which live beside the repository and never in it.
enum SharedData {
  /// The folder: `CORRFLOW_SHARED`, or `shared` beside the checkout.
  static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["CORRFLOW_SHARED"] { return URL(fileURLWithPath: path) }
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return repository.deletingLastPathComponent().appendingPathComponent("shared")
  }()

  static let isPresent = FileManager.default.fileExists(atPath: path("data/videos"))

  static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

  static func video(_ relative: String) -> String { path("data/videos/" + relative) }

  /// All video files, by path relative to `data/videos`.
  static let videos: [String] = {
    let names = FileManager.default.enumerator(atPath: path("data/videos"))?.compactMap { $0 as? String } ?? []
    let kinds = ["mp4", "mov", "mkv", "avi", "mpg", "ogv", "webm"]
    return names.filter { name in kinds.contains { name.hasSuffix("." + $0) } }.sorted()
  }()
}

/// The `ffmpeg` command, where it is installed: makes odd files, and is a second opinion.
enum FFmpeg {
  static let isPresent = FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")

  /// Runs `ffmpeg`, and fails the test if it fails.
  static func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
    process.arguments = ["-v", "error", "-y", "-nostdin", "-threads", "1"] + arguments
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Failure(arguments: arguments) }
  }

  struct Failure: Error { var arguments: [String] }
}

/// A folder that is removed with its content.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("corrflow-test-" + UUID().uuidString)

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  @discardableResult
  func write(_ data: Data, to name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
    return file.path
  }
}

/// A safetensors file of float32, for fixtures: an 8-byte length, a JSON header, the numbers.
struct TensorFile {
  private let bytes: Data
  private let header: [String: Any]
  private let start: Int

  init(path: String) throws {
    bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    header = try #require(JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: Any])
    start = 8 + length
  }

  func shape(_ name: String) throws -> [Int] {
    try #require((header[name] as? [String: Any])?["shape"] as? [Int])
  }

  func values(_ name: String) throws -> [Float] {
    let offsets = try #require((header[name] as? [String: Any])?["data_offsets"] as? [Int])
    let raw = [UInt8](bytes[start + offsets[0]..<start + offsets[1]])
    return raw.withUnsafeBytes { raw in
      (0..<raw.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: raw.load(fromByteOffset: $0 * 4, as: UInt32.self)))
      }
    }
  }
}
