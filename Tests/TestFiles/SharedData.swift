import Foundation

/// Real footage and fixtures, which live beside the repository and never in it.
public enum SharedData {
  /// The folder: `CORRFLOW_SHARED`, or `shared` beside the checkout.
  public static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["CORRFLOW_SHARED"] { return URL(fileURLWithPath: path) }
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return repository.deletingLastPathComponent().appendingPathComponent("shared")
  }()

  /// Whether the footage is there; tests that need it are skipped otherwise.
  public static let isPresent = FileManager.default.fileExists(atPath: path("data/videos"))

  /// A file of the folder.
  public static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

  /// A file below `data/videos`.
  public static func video(_ relative: String) -> String { path("data/videos/" + relative) }

  /// All video files, by path relative to `data/videos`.
  public static let videos: [String] = {
    let names = FileManager.default.enumerator(atPath: path("data/videos"))?.compactMap { $0 as? String } ?? []
    let kinds = ["mp4", "mov", "mkv", "avi", "mpg", "ogv", "webm"]
    return names.filter { name in kinds.contains { name.hasSuffix("." + $0) } }.sorted()
  }()
}
