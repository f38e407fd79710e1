import HTTPServer
import RunStore

/// Reads a request's query parameters and collects what is wrong with them, to tell all at once.
///
///     var query = QueryReader(request)
///     let limit = query.integer("limit", in: 1...200) ?? 50
///     try query.finish()
struct QueryReader {
  private let pairs: [(name: String, value: String)]
  private var known: Set<String> = []
  private var faults: [Problem.Fault] = []

  init(_ request: HTTPRequest) {
    pairs = request.query
  }

  /// The value of `name`; a parameter that may be given once.
  mutating func text(_ name: String) -> String? {
    let values = all(name)
    if values.count > 1 { fault(name, "is given \(values.count) times; give it once") }
    return values.first
  }

  /// Every value of `name`.
  mutating func all(_ name: String) -> [String] {
    known.insert(name)
    return pairs.filter { $0.name == name }.map(\.value)
  }

  /// An integer within `range`.
  mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = text(name) else { return nil }
    guard let value = Int(decimal: text), range.contains(value) else {
      let bounds =
        range.upperBound == .max ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      fault(name, "must be an integer \(bounds)")
      return nil
    }
    return value
  }

  /// One of the words.
  mutating func word(_ name: String, of words: [String]) -> String? {
    guard let text = text(name) else { return nil }
    guard words.contains(text) else {
      fault(name, "must be one of \(words.joined(separator: ", "))")
      return nil
    }
    return text
  }

  /// `true` or `false`.
  mutating func flag(_ name: String) -> Bool {
    word(name, of: ["true", "false"]) == "true"
  }

  /// Records that `name` is wrong.
  mutating func fault(_ name: String, _ detail: String) {
    faults.append(Problem.Fault(pointer: "?\(name)", detail: detail))
  }

  /// Call when all parameters have been read.
  ///
  /// - Throws: 422 with every fault, parameters that nobody read included.
  mutating func finish() throws(Problem) {
    for name in Set(pairs.map(\.name)).subtracting(known).sorted() {
      let accepted = known.isEmpty ? "none is accepted here" : "accepted: \(known.sorted().joined(separator: ", "))"
      fault(String(name.prefix(100)), "is not a known parameter; \(accepted)")
    }
    guard faults.isEmpty else {
      throw .invalid("The query is not accepted; errors lists what is wrong with it.", faults: faults)
    }
  }
}

extension HTTPRequest {
  /// For requests that have no parameters.
  ///
  /// - Throws: 422 when one is given.
  func rejectParameters() throws(Problem) {
    var query = QueryReader(self)
    try query.finish()
  }
}

extension FixedWidthInteger {
  /// A number as JSON writes integers: digits, after `-` where it is negative. Nil for anything else, `+5` for instance.
  init?(decimal text: some StringProtocol) {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
    self.init(text)
  }
}

/// Where a list goes on: opaque to the client, bound to the list's filter.
///
/// It holds the last item's key, so that a page costs the same wherever it is, and survives insertions and deletions.
enum Cursor {
  private static let version = "1"

  /// A cursor after `last` in the list with `filter`.
  static func make(last: String, filter: String) -> String {
    Base64URL.encode("\(version)\n\(digest(filter, last))\n\(last)")
  }

  /// The key that `cursor` holds.
  ///
  /// - Throws: 400 when it is malformed or of another list.
  static func last(_ cursor: String, filter: String) throws(Problem) -> String {
    let parts = Base64URL.decode(cursor)?.split(separator: "\n", maxSplits: 2).map(String.init) ?? []
    guard parts.count == 3, parts[0] == version else {
      throw .malformed("The cursor is not one of this server's; start again without it.")
    }
    guard parts[1] == digest(filter, parts[2]) else {
      throw .malformed("The cursor was altered, or belongs to a list with another filter; start again without it.")
    }
    return parts[2]
  }

  /// Of the key too, so that a cursor with a letter more or less is refused and not read as another one.
  private static func digest(_ filter: String, _ last: String) -> String {
    EntityTag(contentOf: Array("\(filter)\n\(last)".utf8)).opaque
  }
}
