import HTTPServer
import Primitives
import RunStore

/// Reads the members of a JSON body and collects what is wrong with them, to tell all at once.
///
///     var body = try BodyReader(request)
///     let path = body.string("path", required: true)
///     try body.finish()
struct BodyReader {
  private let members: [String: JSONValue]
  private let base: String
  private var known: Set<String> = []
  /// What is wrong so far.
  private(set) var faults: [Problem.Fault] = []

  /// The body of `request`, an object.
  ///
  /// - Throws: 400 when it is not JSON, 422 when it is not an object.
  init(_ request: HTTPRequest) throws(Problem) {
    let value: JSONValue
    do {
      value = try JSONParser.parse(request.body)
    } catch {
      throw .malformed(error.description)
    }
    guard case .object(let members) = value else {
      throw .invalid(
        "The body must be an object.", faults: [.init(pointer: "", detail: "must be an object, is \(value.typeName)")])
    }
    self.init(members: members, base: "")
  }

  private init(members: [String: JSONValue], base: String) {
    self.members = members
    self.base = base
  }

  /// The member as it is; null counts as absent.
  mutating func value(_ name: String) -> JSONValue? {
    known.insert(name)
    guard let value = members[name], value != .null else { return nil }
    return value
  }

  /// Whether the member is there and null, which removes something in a merge patch.
  mutating func isNull(_ name: String) -> Bool {
    known.insert(name)
    return members[name] == .null
  }

  /// `true` or `false`.
  mutating func flag(_ name: String) -> Bool? {
    guard let value = value(name) else { return nil }
    if case .bool(let flag) = value { return flag }
    fault(name, "must be true or false, is \(value.typeName)")
    return nil
  }

  /// One of the words.
  mutating func word(_ name: String, of words: [String]) -> String? {
    guard let value = value(name) else { return nil }
    if case .string(let word) = value, words.contains(word) { return word }
    fault(name, "must be one of \(words.joined(separator: ", "))")
    return nil
  }

  /// A string of 1 to `limit` characters.
  mutating func string(_ name: String, required: Bool = false, limit: Int = 4096) -> String? {
    guard let value = value(name) else {
      if required { fault(name, "is required: a string") }
      return nil
    }
    guard case .string(let text) = value else {
      fault(name, "must be a string, is \(value.typeName)")
      return nil
    }
    // Characters are counted as JSON Schema counts them.
    guard !text.isEmpty, text.unicodeScalars.count <= limit, !Self.hasZero(text) else {
      fault(name, "must have 1 to \(limit) characters, none of them zero")
      return nil
    }
    return text
  }

  /// An integer of at least 0.
  mutating func natural(_ name: String) -> UInt64? {
    guard let value = value(name) else { return nil }
    guard case .integer(let number) = value, number >= 0 else {
      fault(name, "must be an integer from 0 to \(Int64.max)")
      return nil
    }
    return UInt64(number)
  }

  /// An identifier.
  mutating func id(_ name: String, required: Bool = false) -> ULID? {
    guard let text = string(name, required: required) else { return nil }
    guard let id = ULID(text) else {
      fault(name, "must be an identifier of 26 characters, as the API gives them")
      return nil
    }
    return id
  }

  /// An object with strings for values.
  mutating func strings(_ name: String) -> [String: String] {
    guard let value = value(name) else { return [:] }
    guard case .object(let members) = value else {
      fault(name, "must be an object of strings, is \(value.typeName)")
      return [:]
    }
    var strings: [String: String] = [:]
    for (member, value) in members.sorted(by: { $0.key < $1.key }) {
      if case .string(let text) = value {
        strings[member] = text
        rejectZero(in: member, text, of: name)
      } else {
        fault("\(name)/\(Self.escaped(member))", "must be a string, is \(value.typeName)")
      }
    }
    return strings
  }

  /// An object with strings for values, and null for those to be removed.
  mutating func removableStrings(_ name: String) -> [String: String?] {
    guard let value = value(name) else { return [:] }
    guard case .object(let members) = value else {
      fault(name, "must be an object of strings, is \(value.typeName)")
      return [:]
    }
    var strings: [String: String?] = [:]
    for (member, value) in members.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .string(let text):
        strings[member] = .some(text)
        rejectZero(in: member, text, of: name)
      case .null: strings[member] = .some(nil)
      default: fault("\(name)/\(Self.escaped(member))", "must be a string or null, is \(value.typeName)")
      }
    }
    return strings
  }

  /// A zero ends a text for programs in C, and cannot be asked for in a query.
  private mutating func rejectZero(in member: String, _ text: String, of name: String) {
    guard Self.hasZero(member) || Self.hasZero(text) else { return }
    fault("\(name)/\(Self.escaped(member))", "must have no zero characters, in its name neither")
  }

  private static func hasZero(_ text: String) -> Bool { text.utf8.contains(0) }

  /// An object that is read by someone else.
  mutating func object(_ name: String) -> JSONValue {
    guard let value = value(name) else { return [:] }
    guard case .object = value else {
      fault(name, "must be an object, is \(value.typeName)")
      return [:]
    }
    return value
  }

  /// A reader for an object within; nil when it is absent. Give its faults back with `absorb`.
  mutating func nested(_ name: String) -> BodyReader? {
    guard case .object(let members) = object(name), value(name) != nil else { return nil }
    return BodyReader(members: members, base: "\(base)/\(name)")
  }

  /// Takes over what is wrong with an object within.
  mutating func absorb(_ nested: BodyReader) {
    var nested = nested
    nested.checkUnknown()
    faults += nested.faults
  }

  /// Records that `name` is wrong; empty for the object as a whole.
  mutating func fault(_ name: String, _ detail: String) {
    faults.append(Problem.Fault(pointer: name.isEmpty ? base : "\(base)/\(name)", detail: detail))
  }

  /// Records every member that nobody read.
  mutating func checkUnknown() {
    for name in Set(members.keys).subtracting(known).sorted() {
      fault(
        Self.escaped(String(name.prefix(200))),
        known.isEmpty
          ? "is not a known member; none is accepted here"
          : "is not a known member; accepted: \(known.sorted().joined(separator: ", "))")
      known.insert(name)
    }
  }

  /// Call when all members have been read.
  ///
  /// - Parameter others: faults found elsewhere, told together with these.
  /// - Throws: 422 with every fault.
  mutating func finish(others: [Problem.Fault] = []) throws(Problem) {
    checkUnknown()
    let all = faults + others
    guard all.isEmpty else {
      throw .invalid("The request is not accepted; errors lists what is wrong with it.", faults: all)
    }
  }

  /// A member's name within a JSON pointer (RFC 6901).
  private static func escaped(_ name: String) -> String {
    name.replacing("~", with: "~0").replacing("/", with: "~1")
  }
}
