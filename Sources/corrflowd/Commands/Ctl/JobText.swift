import ControlClient
import HTTPServer
import Primitives

/// Jobs of analysis, as people read them.
enum JobText {
  /// Jobs, a line each.
  static func table(_ jobs: [JSONValue]) -> String {
    var table = TextTable([
      .init(title: "ID"), .init(title: "WHAT"), .init(title: "STATE"), .init(title: "STEP", isNumeric: true),
      .init(title: "DONE", isNumeric: true), .init(title: "RESULT", width: 60), .init(title: "CREATED (UTC)"),
    ])
    for job in jobs {
      table.add([
        job["id"]?.text ?? "", job["benchmark"]?.text ?? job["kind"]?.text ?? "", job["state"]?.text ?? "",
        job["provenance"]?["step"]?.integer.map(String.init) ?? "-", done(job), result(job),
        TerminalText.time(job["created_at"]?.text),
      ])
    }
    return table.text
  }

  /// One job.
  static func page(_ job: JSONValue) -> String {
    var pairs = [
      ("job", job["id"]?.text ?? ""), ("what", job["benchmark"]?.text ?? job["kind"]?.text ?? ""),
      ("state", job["state"]?.text ?? ""), ("done", done(job)),
      ("run", job["provenance"]?["run_id"]?.text ?? "-"),
      ("checkpoint", job["provenance"]?["checkpoint_id"]?.text ?? "-"),
      ("created", TerminalText.time(job["created_at"]?.text)), ("ended", TerminalText.time(job["ended_at"]?.text)),
    ]
    if let error = job["error"]?.text { pairs.append(("error", error)) }
    for missing in job["missing"]?.elements ?? [] { pairs.append(("missing", plain(missing))) }
    for note in job["notes"]?.elements ?? [] { pairs.append(("note", plain(note))) }
    for (name, value) in (job["summary"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
      pairs.append((name, plain(value)))
    }
    return TextTable.pairs(pairs)
  }

  /// What a run says of an evaluation.
  static func brief(_ job: JSONValue) -> String {
    let step = job["step"]?.integer.map { " step \($0)" } ?? ""
    return "\(job["id"]?.text ?? "") \(job["benchmark"]?.text ?? "")\(step) \(job["state"]?.text ?? "") \(result(job))"
  }

  /// A value as text: strings as they are, numbers short, anything else as JSON.
  static func plain(_ value: JSONValue) -> String {
    if case .number(let number) = value { return TerminalText.number(number) }
    return exact(value)
  }

  /// A value as text: strings as they are, anything else as JSON, with all digits.
  static func exact(_ value: JSONValue) -> String {
    value.text ?? String(decoding: JSONText.bytes(of: value), as: UTF8.self)
  }

  /// A value under a name that may tell its unit: `free_bytes`.
  static func named(_ name: String, _ value: JSONValue) -> String {
    switch value {
    case .null: return "-"
    case .array(let elements): return elements.map { named(name, $0) }.joined(separator: ", ")
    case .integer(let count) where name.hasSuffix("bytes"): return TerminalText.bytes(Int(count))
    case .bool, .integer, .number, .string, .object: return plain(value)
    }
  }

  private static func done(_ job: JSONValue) -> String {
    guard let progress = job["progress"], let total = progress["total"]?.integer, total > 0 else { return "-" }
    return "\(100 * (progress["done"]?.integer ?? 0) / total) %"
  }

  private static func result(_ job: JSONValue) -> String {
    let summary = (job["summary"]?.members ?? [:]).filter { $0.value.double != nil }
    return summary.sorted { $0.key < $1.key }.map { "\($0.key)=\(plain($0.value))" }.joined(separator: " ")
  }
}
