import Foundation

extension DAVISReport {
  /// Numbers in tables.
  public enum Precision: Sendable, Hashable {
    /// Three decimals, as the official toolkit writes them.
    case official
    /// All digits that tell one number from the next.
    case full

    /// The number; empty for what is not a number, as the official toolkit writes it.
    public func text(_ value: Double) -> String {
      if value.isNaN { return "" }
      switch self {
      case .official: return String(format: "%.3f", value)
      case .full: return "\(value)"
      }
    }
  }

  /// The text of the official `global_results-<set>.csv`: a header and one row.
  public func globalCSV(_ precision: Precision = .official) -> String {
    let columns = global.columns
    return Self.lines([columns.map(\.name), columns.map { precision.text($0.value) }])
  }

  /// The text of the official `per-sequence_results-<set>.csv`: a header and a row for each object.
  public func objectCSV(_ precision: Precision = .official) -> String {
    let rows = objects.map { [$0.name, precision.text($0.region.mean), precision.text($0.contour.mean)] }
    return Self.lines([["Sequence", "J-Mean", "F-Mean"]] + rows)
  }

  /// Writes both tables under their official names, over older ones. The folder is made where it is missing.
  ///
  /// - Returns: the paths.
  /// - Throws: `DAVISError.cannotWrite`.
  @discardableResult
  public func writeCSV(to folder: String, _ precision: Precision = .official) throws(DAVISError) -> [String] {
    let tables = [
      ("global_results-\(set).csv", globalCSV(precision)), ("per-sequence_results-\(set).csv", objectCSV(precision)),
    ]
    var path = folder
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (name, text) in tables {
        path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
      }
    } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
    return tables.map { "\(folder)/\($0.0)" }
  }

  private static func lines(_ rows: [[String]]) -> String {
    rows.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func quoted(_ field: String) -> String {
    field.contains { ",\"\r\n".contains($0) } ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
  }
}
