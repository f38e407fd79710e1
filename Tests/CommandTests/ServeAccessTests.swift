import Foundation
import HTTPServer
import TestFiles
import Testing

/// The daemon as a process: who gets an answer.
@Suite(
  "The daemon's doors", .serialized, .timeLimit(.minutes(10)), .enabled(if: Program.isBuilt, "corrflowd is not built"))
struct ServeAccessTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var state: String { folder.url.path + "/state" }
  private var socket: String { folder.url.path + "/api.sock" }

  private func writeTokens(_ text: String) throws -> String {
    let file = folder.url.appending(path: "tokens")
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    return file.path
  }

  private func status(_ arguments: String...) throws -> String {
    let curl = Process()
    let pipe = Pipe()
    curl.executableURL = URL(filePath: "/usr/bin/curl")
    curl.arguments = ["-s", "-o", "/dev/null", "-w", "%{http_code}"] + arguments
    curl.standardOutput = pipe
    try curl.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    curl.waitUntilExit()
    return text
  }

  @Test("Over TCP a token is needed, over its socket none; SIGHUP takes other tokens; the socket's file goes with it")
  func tokens() throws {
    let file = try writeTokens("admin:0123456789abcdef\n")
    let daemon = try Program([
      "serve", "--state", state, "--listen", "127.0.0.1:0", "--listen", "unix:" + socket, "--token-file", file,
    ])
    daemon.waitForOutput("listening on unix:\(socket)")
    let line = try #require(daemon.output.split(separator: "\n").first { $0.contains("listening on http://") })
    let base = String(line.dropFirst("listening on ".count))
    #expect(try status("\(base)/healthz") == "200")
    #expect(try status("\(base)/v1/runs") == "401")
    #expect(try status("-H", "Authorization: Bearer 0123456789abcdef", "\(base)/v1/runs") == "200")
    #expect(try status("--unix-socket", socket, "http://localhost/v1/runs") == "200")
    _ = try writeTokens("read:abcdefghijklmnop\n")
    daemon.hangUp()
    daemon.waitForOutput("token file read again")
    #expect(try status("-H", "Authorization: Bearer 0123456789abcdef", "\(base)/v1/runs") == "401")
    #expect(try status("-H", "Authorization: Bearer abcdefghijklmnop", "\(base)/v1/runs") == "200")
    #expect(try status("-X", "POST", "-H", "Authorization: Bearer abcdefghijklmnop", "\(base)/v1/runs") == "403")
    _ = try writeTokens("nonsense\n")
    daemon.hangUp()
    daemon.waitForOutput("The tokens stay as they were.")
    #expect(try status("-H", "Authorization: Bearer abcdefghijklmnop", "\(base)/v1/runs") == "200")
    daemon.terminate()
    #expect(daemon.wait() == 0)
    #expect(!FileManager.default.fileExists(atPath: socket))
  }

  @Test("Without a token the daemon does not start where other machines reach it, and says how to")
  func refusal() throws {
    let refused = try Program(["serve", "--state", state, "--listen", "0.0.0.0:0"])
    #expect(refused.wait() == 78)
    #expect(refused.output.contains("Refusing to listen on 0.0.0.0:0"))
    #expect(refused.output.contains("--token-file"))
    let insecure = try Program(["serve", "--state", state, "--listen", "0.0.0.0:0", "--insecure-no-auth"])
    insecure.waitForOutput("listening on http://0.0.0.0:")
    #expect(insecure.output.contains("NO AUTHENTICATION"))
    insecure.terminate()
    #expect(insecure.wait() == 0)
  }

  @Test("A token file that is none ends the start with the status of a bad configuration")
  func badTokenFile() throws {
    let file = try writeTokens("admin:short\n")
    let refused = try Program(["serve", "--state", state, "--listen", "127.0.0.1:0", "--token-file", file])
    #expect(refused.wait() == 78)
    #expect(refused.output.contains("the token in line 1 has 5 characters"))
    #expect(!refused.output.contains("short"))
  }
}
