import Foundation
import FoundationNetworking
import Glibc
import HTTPServer
import Primitives

/// A program of the system.
enum Tool {
  static func isInstalled(_ name: String) -> Bool { path(name) != nil }

  static func path(_ name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs it to its end; what it printed, on both streams, and its status.
  static func run(_ name: String, _ arguments: [String], input: String = "") throws -> (status: Int32, output: String) {
    guard let path = path(name) else { throw Failure(description: "\(name) is not installed") }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let source = FileManager.default.temporaryDirectory.appending(path: "tool-input-\(UUID().uuidString)")
    try Data(input.utf8).write(to: source)
    defer { try? FileManager.default.removeItem(at: source) }
    let output = Pipe()
    process.standardInput = try FileHandle(forReadingFrom: source)
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}

/// A real Prometheus that scrapes one target, as `deploy/prometheus/scrape.yml` says.
final class PrometheusServer {
  private let process = Process()
  private let port: UInt16

  init(target: String, folder: URL) throws {
    let configuration = try String(contentsOf: Deployment.scrape, encoding: .utf8)
      .replacing("127.0.0.1:8471", with: target).replacing("scrape_interval: 15s", with: "scrape_interval: 1s")
    let file = folder.appending(path: "prometheus.yml")
    try Data("rule_files: [\"\(Deployment.alerts.path)\"]\n\(configuration)".utf8).write(to: file)
    port = try Self.freePort()
    process.executableURL = URL(filePath: Tool.path("prometheus") ?? "")
    process.arguments = [
      "--config.file=\(file.path)", "--storage.tsdb.path=\(folder.appending(path: "tsdb").path)",
      "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  /// The value of the one series of an instant query; asks until there is one.
  func value(of query: String) async throws -> String? {
    var components = URLComponents()
    components.scheme = "http"
    components.host = "127.0.0.1"
    components.port = Int(port)
    components.path = "/api/v1/query"
    components.queryItems = [URLQueryItem(name: "query", value: query)]
    guard let address = components.url else { throw Failure(description: "a bad query: \(query)") }
    let deadline = Date(timeIntervalSinceNow: 120)
    while Date() < deadline {
      // It refuses connections until it has started.
      if let (data, _) = try? await URLSession.shared.data(from: address),
        let reply = try? JSONParser.parse(Array(data)),
        let value = reply["data"]?["result"]?.elements.first?["value"]?.elements.last?.stringValue
      {
        return value
      }
      try await Task.sleep(for: .milliseconds(200))
    }
    return nil
  }

  /// A port that nobody listens on at the moment.
  private static func freePort() throws -> UInt16 {
    let server = HTTPServer(configuration: HTTPServerConfiguration(address: try ListenAddress("127.0.0.1:0"))) { _ in
      HTTPResponse(status: 204)
    }
    try server.start()
    defer { server.stop() }
    return server.boundPort ?? 0
  }
}
