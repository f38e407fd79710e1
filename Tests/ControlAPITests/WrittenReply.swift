import Foundation
import FoundationNetworking
import HTTPServer
import Primitives

@testable import ControlAPI

/// A reply as the manual writes it: status line, the headers that matter, body.
struct WrittenReply {
  static let headersThatMatter = [
    "Content-Type", "Location", "ETag", "Link", "Accept-Ranges", "Content-Range", "Content-Disposition", "Repr-Digest",
    "Retry-After", "Allow", "Idempotency-Replayed",
  ]

  var statusLine: String
  var headers: [(name: String, value: String)]
  var body: String

  var status: Int { Int(statusLine.split(separator: " ").dropFirst().first ?? "0") ?? 0 }
  var json: JSONValue? { try? JSONParser.parse(Array(body.utf8)) }

  /// What the manual promises.
  init(_ text: String) {
    let halves = text.components(separatedBy: "\n\n")
    let lines = halves[0].split(separator: "\n").map(String.init)
    statusLine = lines.first ?? ""
    headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
    }
    body = halves.dropFirst().joined(separator: "\n\n").trimmingCharacters(in: .newlines)
  }

  /// What the daemon sent.
  init(_ response: HTTPURLResponse, _ data: Data, clean: (String) -> String) {
    statusLine = "HTTP/1.1 \(response.statusCode)"
    headers = Self.headersThatMatter.compactMap { name in
      response.value(forHTTPHeaderField: name).map { (name, clean($0)) }
    }
    let type = response.value(forHTTPHeaderField: "Content-Type") ?? ""
    let isText = type.hasPrefix("text/") || type.contains("json")
    body = isText ? clean(String(decoding: data, as: UTF8.self)) : ""
  }

  /// The reply as it is written into the manual; long texts abridged.
  var written: String {
    var lines = [statusLine] + headers.map { "\($0.name): \($0.value)" }
    if let json {
      lines += ["", Self.pretty(json, indent: "")]
    } else if !body.isEmpty {
      let all = body.split(separator: "\n").map(String.init)
      lines += [""] + (all.count > 10 ? Array(all.prefix(10)) + ["..."] : all)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// JSON with a member a line; what fits a line stays on it.
  private static func pretty(_ value: JSONValue, indent: String) -> String {
    let flat = String(decoding: JSONText.bytes(of: value), as: UTF8.self)
    if flat.utf8.count + indent.utf8.count <= 90 { return flat }
    let inner = indent + "  "
    switch value {
    case .array(let elements):
      let isNested = elements.contains {
        if case .object = $0 { true } else if case .array = $0 { true } else { false }
      }
      guard isNested else { return flat }
      return "[\n" + elements.map { inner + pretty($0, indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members):
      let lines = members.sorted { $0.key < $1.key }.map { name, value in
        "\(inner)\"\(name)\": \(pretty(value, indent: inner))"
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    default: return flat
    }
  }

  /// What in `actual` is not as promised here. Identifiers, times, digests and most numbers may differ in value.
  ///
  /// - Parameter isLenient: whether the pace of a run may be known or not.
  func differences(from actual: WrittenReply, isLenient: Bool = false) -> [String] {
    guard status == actual.status else { return ["status is \(actual.status): \(actual.body.prefix(300))"] }
    var differences: [String] = []
    for header in headers {
      let other = actual.headers.first { $0.name == header.name }?.value
      if other.map(Self.skeleton) != Self.skeleton(header.value) {
        differences.append("\(header.name) is \(other ?? "absent"), not \(header.value)")
      }
    }
    guard let promised = json else { return differences + missingLines(in: actual.body) }
    guard let given = actual.json else { return differences + ["the body is not JSON"] }
    Self.compare(promised, given, at: "", isLenient, &differences)
    return differences
  }

  private func missingLines(in actual: String) -> [String] {
    let lines = Set(actual.split(separator: "\n").map { Self.skeleton(String($0)) })
    return body.split(separator: "\n").map(String.init)
      .filter { $0 != "..." && !lines.contains(Self.skeleton($0)) }.map { "no line like \($0)" }
  }

  private static func compare(
    _ promised: JSONValue, _ given: JSONValue, at place: String, _ isLenient: Bool, _ found: inout [String]
  ) {
    switch (promised, given) {
    case (.object(let left), .object(let right)):
      for name in Set(left.keys).union(right.keys).sorted() {
        guard let first = left[name], let second = right[name] else {
          found.append("\(place)/\(name) is \(left[name] == nil ? "not in the manual" : "not in the reply")")
          continue
        }
        compare(first, second, at: "\(place)/\(name)", isLenient, &found)
      }
    case (.array(let left), .array(let right)):
      if left.count != right.count { found.append("\(place) has \(right.count) elements, not \(left.count)") }
      for (index, pair) in zip(left, right).enumerated() {
        compare(pair.0, pair.1, at: "\(place)/\(index)", isLenient, &found)
      }
    case (.string(let left), .string(let right)):
      if skeleton(left) != skeleton(right) { found.append("\(place) is \(right), not \(left)") }
    case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number):
      let mustAgree = ["/status", "/total_steps", "/attempt", "/bucket_width"].contains { place.hasSuffix($0) }
      if mustAgree, promised != given { found.append("\(place) is \(given), not \(promised)") }
    default:
      // Whether a step has been done since a command is a matter of milliseconds.
      let isPace = place.hasSuffix("/eta_seconds") || place.hasSuffix("/items_per_second")
      if promised != given, !isLenient || !isPace { found.append("\(place) is \(given), not \(promised)") }
    }
  }

  /// A text without what differs from one daemon to the next.
  static func skeleton(_ text: String) -> String {
    var text = text
    for (pattern, name) in [
      ("[0-9a-f]{64}", "DIGEST"), ("[0-7][0-9A-HJKMNP-TV-Z]{25}", "ID"), ("=:[A-Za-z0-9+/=]{44}:", "DIGEST"),
      ("c[0-9a-f]{8,16}", "TAG"), ("cursor=[A-Za-z0-9_-]+", "CURSOR"), ("MQpj[A-Za-z0-9_-]+", "CURSOR"),
      ("[0-9a-z]{11,13}", "REQUEST"), ("[0-9][-0-9.eE+]*", "N"),
    ] {
      text = text.replacingOccurrences(of: pattern, with: name, options: .regularExpression)
    }
    return text
  }
}
