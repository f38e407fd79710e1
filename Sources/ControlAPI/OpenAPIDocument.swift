import COpenAPI
import HTTPServer
import Primitives
import RunStore
import Training

/// The OpenAPI 3.1 document: the pieces that are written by hand, put together.
///
/// A piece holds paths and components of one resource. What holds for every operation, such as the reply to an unknown
/// host, is written once in the piece `api` and added to each; the routes of jobs are written once, in the piece `jobs`,
/// for all kinds. The schema of a run's settings is the one that settings are read by.
struct OpenAPIDocument: Sendable {
  /// Why the pieces make no document: a fault of the program, which its tests find.
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  /// The document.
  let json: JSONValue
  /// Its text.
  let bytes: [UInt8]
  /// Names the text.
  let tag: EntityTag

  /// The document of a daemon.
  ///
  /// - Parameters:
  ///   - version: of the program.
  ///   - hasJobs: whether there are routes for jobs.
  ///   - openPaths: what needs no token; nil where nothing does.
  /// - Throws: `Fault`.
  init(version: String, hasJobs: Bool, openPaths: Set<String>?) throws(Fault) {
    var document = JSONValue.object([:])
    for (name, text) in Self.pieces where hasJobs || !name.hasPrefix("job") || name == "job-parts" {
      for text in name == "jobs" ? JobKind.allCases.map({ Self.filled(text, for: $0) }) : [text] {
        document.merge(try Self.parse(text, name))
      }
    }
    document.merge(["info": ["version": .string(version)]])
    document.merge(["components": ["schemas": ["RunConfiguration": RunConfiguration.schema]]])
    json = OpenAPICompletion.secured(OpenAPICompletion.complete(document), openPaths: openPaths)
    bytes = JSONText.bytes(of: json)
    tag = EntityTag(contentOf: bytes)
  }

  /// Names and texts of the pieces in the binary.
  private static var pieces: [(name: String, text: String)] {
    var pieces: [(String, String)] = []
    var piece = corrflow_openapi_piece_at(0)
    while let name = piece.name {
      let bytes = UnsafeBufferPointer(start: piece.bytes, count: piece.count)
      pieces.append((String(cString: name), String(decoding: bytes, as: UTF8.self)))
      piece = corrflow_openapi_piece_at(pieces.count)
    }
    return pieces
  }

  /// The routes of one kind of job.
  private static func filled(_ text: String, for kind: JobKind) -> String {
    let capital = kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()
    return text.replacing("{{kinds}}", with: kind.plural).replacing("{{kind}}", with: kind.rawValue)
      .replacing("{{Kind}}", with: capital)
  }

  private static func parse(_ text: String, _ name: String) throws(Fault) -> JSONValue {
    do {
      return try JSONParser.parse(Array(text.utf8))
    } catch {
      throw Fault(description: "the piece '\(name)' of the OpenAPI document: \(error)")
    }
  }
}
