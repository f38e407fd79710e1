import ArgumentParser
import ControlClient
import Foundation
import Primitives

/// How a request that creates something is named, so that it can be sent again without creating it twice.
struct CreationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Name of the request: within a day, the same command with the same name creates nothing more.",
      discussion: "One is made up when it is not given. 1 to 255 visible characters of ASCII.", valueName: "key"))
  var idempotencyKey: String?

  func validate() throws {
    guard let idempotencyKey else { return }
    let isVisible = idempotencyKey.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard (1...255).contains(idempotencyKey.utf8.count), isVisible else {
      throw ValidationError("--idempotency-key must have 1 to 255 visible characters of ASCII, and no blanks")
    }
  }
}

extension ClientSession {
  /// Asks to create something, once: where the connection breaks before the reply, the request is sent again under the same
  /// name.
  func create(
    _ path: String, query: [(String, String)] = [], body: JSONValue, _ options: CreationOptions
  ) throws(ClientError) -> ClientReply {
    try client.create(path, query: query, body: body, key: options.idempotencyKey ?? UUID().uuidString)
  }
}
