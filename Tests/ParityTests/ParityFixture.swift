import Foundation
import ReferenceMethod
import SafeTensors

/// What the published code computed: `parity.json` and `parity.safetensors` of one folder.
///
/// The folder is the one that `CORRFLOW_PARITY` names, or the one beside these tests. Nothing about its cases is assumed but
/// the form of their keys: names, sizes, draws and the choice of quantities are the file's.
struct ParityFixture: Sendable {
  enum Fault: Error, CustomStringConvertible {
    case missingCase(String)
    case malformedCase(String, String)

    var description: String {
      switch self {
      case .missingCase(let name): "the parity fixture has no case '\(name)'"
      case .malformedCase(let name, let reason): "case '\(name)' of the parity fixture: \(reason)"
      }
    }
  }

  /// The fixture of this test run, or why it cannot be read.
  static let current = Result { try ParityFixture(folder: folder) }

  /// Names for parameterised tests. Where the fixture cannot be read this is one name that no case has, so that the tests run
  /// and say why.
  static var caseNames: [String] {
    switch current {
    case .success(let fixture): fixture.cases.map(\.name)
    case .failure: ["unreadable fixture"]
    }
  }

  private static var folder: URL {
    if let path = ProcessInfo.processInfo.environment["CORRFLOW_PARITY"] {
      return URL(fileURLWithPath: path, isDirectory: true)
    }
    return Bundle.module.bundleURL.appendingPathComponent("Fixtures", isDirectory: true)
  }

  let cases: [ParityCase]

  init(folder: URL) throws {
    let json = try OrderedJSON(Data(contentsOf: folder.appendingPathComponent("parity.json")))
    let file = try SafeTensorsFile(contentsOf: folder.appendingPathComponent("parity.safetensors"))
    let seed = UInt64(json["seed"]?.number ?? 0)
    cases = try (json["cases"]?.members ?? []).map {
      try ParityCase(name: $0.name, json: $0.value, seed: seed, file: file)
    }
  }

  static func parityCase(_ name: String) throws -> ParityCase {
    let fixture = try current.get()
    guard let found = fixture.cases.first(where: { $0.name == name }) else { throw Fault.missingCase(name) }
    return found
  }
}
