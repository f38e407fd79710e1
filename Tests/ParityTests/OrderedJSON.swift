import Foundation

/// JSON whose objects keep the order of their members.
///
/// `parity.json` lists sampling draws in the order in which the Adam steps use them, which Foundation's decoders lose.
indirect enum OrderedJSON: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([OrderedJSON])
  case object([(name: String, value: OrderedJSON)])

  init(_ data: Data) throws {
    var parser = Parser(bytes: Array(data))
    self = try parser.value()
    guard parser.isAtEnd else { throw parser.fault("text after the document") }
  }

  subscript(name: String) -> OrderedJSON? { members.first { $0.name == name }?.value }

  var members: [(name: String, value: OrderedJSON)] {
    guard case .object(let members) = self else { return [] }
    return members
  }

  var elements: [OrderedJSON] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  var number: Double? {
    guard case .number(let number) = self else { return nil }
    return number
  }

  var string: String? {
    guard case .string(let string) = self else { return nil }
    return string
  }

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  private struct Parser {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool {
      mutating get {
        skipSpace()
        return position == bytes.count
      }
    }

    mutating func value() throws -> OrderedJSON {
      skipSpace()
      guard position < bytes.count else { throw fault("the document ends early") }
      switch bytes[position] {
      case UInt8(ascii: "{"): return .object(try object())
      case UInt8(ascii: "["): return .array(try array())
      case UInt8(ascii: "\""): return .string(try string())
      default: return try word()
      }
    }

    private mutating func object() throws -> [(name: String, value: OrderedJSON)] {
      var members: [(name: String, value: OrderedJSON)] = []
      try expect("{")
      if accept("}") { return members }
      repeat {
        skipSpace()
        let name = try string()
        try expect(":")
        members.append((name, try value()))
      } while accept(",")
      try expect("}")
      return members
    }

    private mutating func array() throws -> [OrderedJSON] {
      var elements: [OrderedJSON] = []
      try expect("[")
      if accept("]") { return elements }
      repeat { elements.append(try value()) } while accept(",")
      try expect("]")
      return elements
    }

    /// Foundation undoes the escapes.
    private mutating func string() throws -> String {
      let start = position
      try expect("\"")
      while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
        position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
      }
      try expect("\"")
      let quoted = Data(bytes[start..<position])
      if !quoted.contains(UInt8(ascii: "\\")) { return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self) }
      return try JSONDecoder().decode(String.self, from: quoted)
    }

    private mutating func word() throws -> OrderedJSON {
      let start = position
      while position < bytes.count, !" \n\r\t,]}".utf8.contains(bytes[position]) { position += 1 }
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      switch text {
      case "null": return .null
      case "true": return .bool(true)
      case "false": return .bool(false)
      case "NaN": return .number(.nan)
      default:
        guard let number = Double(text) else { throw fault("'\(text)' is not JSON") }
        return .number(number)
      }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
      guard accept(character) else { throw fault("expected '\(character)'") }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
      if character != "\"" { skipSpace() }
      guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    private mutating func skipSpace() {
      while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    func fault(_ reason: String) -> Fault {
      Fault(description: "parity.json, byte \(position): \(reason)")
    }
  }
}
