import Foundation

/// The `ffmpeg` command, where it is installed: makes odd files, and is a second opinion.
public enum FFmpeg {
  /// Whether it is installed.
  public static let isPresent = FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")

  /// Runs `ffmpeg`, and throws if it fails.
  public static func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
    process.arguments = ["-v", "error", "-y", "-nostdin", "-threads", "1"] + arguments
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Failure(arguments: arguments) }
  }

  /// `ffmpeg` ended with an error.
  public struct Failure: Error {
    /// What it was called with.
    public var arguments: [String]
  }
}
