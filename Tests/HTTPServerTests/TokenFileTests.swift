import Foundation
import HTTPServer
import Testing

@Suite struct TokenFileTests {
  private func write(_ bytes: [UInt8], mode: Int, _ body: (TokenFile) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "tokens-\(UUID().uuidString)")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    try body(TokenFile(path: file.path))
  }

  private let line = Array("admin:0123456789abcdef\n".utf8)

  private func reason(_ file: TokenFile) -> String? {
    do throws(HTTPServerError) {
      _ = try file.read()
    } catch {
      if case .badTokenFile(file.path, let reason) = error { return reason }
    }
    return nil
  }

  @Test(arguments: [0o400, 0o600, 0o640]) func `a file that few may read gives its tokens`(mode: Int) throws {
    try write(line, mode: mode) { file in
      let contents = try file.read()
      #expect(contents.tokens.scope(of: "0123456789abcdef") == .admin)
      #expect(contents.warning == nil)
    }
  }

  @Test(arguments: [(0o644, "every user of this machine may read"), (0o660, "its group may write to")])
  func `a file that others may read, or its group write, gives a warning`(mode: Int, warning: String) throws {
    try write(line, mode: mode) { file in
      let contents = try file.read()
      #expect(contents.warning == "\(warning) the token file \(file.path); chmod 0600 \(file.path)")
    }
  }

  @Test func `a file that everybody may write to is refused`() throws {
    try write(line, mode: 0o602) { file in
      #expect(reason(file) == "every user may write to it, and so make tokens; chmod 0600 \(file.path)")
    }
  }

  @Test func `what holds no text, or too much, is refused`() throws {
    try write([0xFF, 0xFE], mode: 0o600) { #expect(reason($0) == "it is not text in UTF-8") }
    try write(Array(repeating: 0x0A, count: 65_537), mode: 0o600) {
      #expect(reason($0) == "it has more than 65536 bytes")
    }
    #expect(reason(TokenFile(path: "/nothing/here")) == "No such file or directory")
    #expect(reason(TokenFile(path: "/dev/null")) == "it is not a regular file")
    #expect(reason(TokenFile(path: "/")) == "it is not a regular file")
  }
}
