import Foundation

/// A process of the program, with all that it prints.
final class Program {
  private let process = Process()
  private let pipe = Pipe()
  private var text = ""

  /// Beside the tests.
  static var executable: URL {
    URL(filePath: CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0])
      .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "corrflowd")
  }
  static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: executable.path) }

  /// - Parameter environment: variables beside those of the tests.
  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.executableURL = Self.executable
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
  }

  deinit {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    // Whoever removes its folder next must not meet it writing.
    process.waitUntilExit()
  }

  /// All that was printed, once the process has ended.
  var output: String { text }

  /// Waits for `wanted`, or the end of the output.
  func waitForOutput(_ wanted: String) {
    while !text.contains(wanted) {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { return }
      text += String(decoding: data, as: UTF8.self)
    }
  }

  func interrupt() { kill(process.processIdentifier, SIGINT) }

  func hangUp() { kill(process.processIdentifier, SIGHUP) }

  func terminate() { kill(process.processIdentifier, SIGTERM) }

  /// Waits for the end; the status.
  func wait() -> Int32 {
    text += String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }
}
