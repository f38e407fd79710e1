import Foundation

/// Reads arrays of numbers from MATLAB level 5 files (`save` with -v6 or -v7), of either byte order, compressed or not.
///
///     let joints = try MATFile(path: "joint_positions.mat").array(named: "pos_img")
///
/// Other variables are passed over unread, whatever they are. No more memory is taken than the file and the array itself
/// need: a compressed variable is unpacked only when it is the one that is asked for, and only as far as it says.
public struct MATFile: Sendable {
  /// Joint files have about 10 KB.
  static let mostBytes = 64 << 20

  private static let headerBytes = 128

  /// Enough of a compressed variable to know its name.
  private static let previewBytes = 4096

  private let path: String
  private let bytes: [UInt8]

  /// Reads a file into memory.
  ///
  /// - Throws: `JHMDBError.unreadable`, also for what is not a regular file and for more than 64 MiB.
  public init(path: String) throws(JHMDBError) {
    self.init(path: path, bytes: try FileBytes.read(path: path, limit: Self.mostBytes))
  }

  /// A file whose content is known; `path` is for messages.
  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// The first array of this name.
  ///
  /// - Throws: `JHMDBError.badJointFile` when the file is damaged up to there, or has no such array.
  public func array(named name: String) throws(JHMDBError) -> MATArray {
    do {
      return try find(name, in: try source())
    } catch {
      throw JHMDBError.badJointFile(path: path, problem: error.what)
    }
  }

  private func source() throws(MATDamage) -> MATBytes {
    guard bytes.count >= Self.headerBytes else { throw MATDamage("it is cut off: \(bytes.count) bytes") }
    let isBigEndian: Bool
    switch (bytes[126], bytes[127]) {
    case (UInt8(ascii: "I"), UInt8(ascii: "M")): isBigEndian = false
    case (UInt8(ascii: "M"), UInt8(ascii: "I")): isBigEndian = true
    default: throw MATDamage("it is not a MATLAB level 5 file")
    }
    let source = MATBytes(bytes: bytes, isBigEndian: isBigEndian, origin: "")
    let version: UInt16 = source.integer(at: 124)
    guard version >> 8 == 1 else {
      throw MATDamage(version >> 8 == 2 ? "it is a MATLAB 7.3 file" : "it is of MATLAB's file version \(version >> 8)")
    }
    return source
  }

  private func find(_ name: String, in source: MATBytes) throws(MATDamage) -> MATArray {
    var others: [String] = []
    var offset = Self.headerBytes
    while offset < bytes.count {
      let element = try source.element(at: offset, end: bytes.count)
      if let variable = try preview(source, element, offset), !variable.name.isEmpty {
        if variable.name == name { return try whole(variable, element, offset).array() }
        others.append(variable.name)
      }
      offset = element.next
    }
    throw MATDamage("it has no variable '\(name)', \(Self.list(others))")
  }

  /// The beginning of a variable; nil when it is empty, or of a kind that is not documented.
  private func preview(
    _ source: MATBytes, _ element: MATBytes.Element, _ offset: Int
  ) throws(MATDamage) -> MATVariable? {
    switch element.type {
    case .matrix:
      return element.body.isEmpty ? nil : try MATVariable(source, body: element.body)
    case .compressed:
      let output = try unpack(source, element, offset, limit: Self.previewBytes)
      let size = try matrixBytes(output, offset)
      return size == 0 ? nil : try MATVariable(output, body: 8..<min(8 + size, output.bytes.count))
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .single, .double, .int64, .uint64, .utf8, .utf16, .utf32:
      throw MATDamage("the element at \(source.place(offset)) is not a variable")
    }
  }

  /// The variable with all of its bytes.
  private func whole(
    _ variable: MATVariable, _ element: MATBytes.Element, _ offset: Int
  ) throws(MATDamage) -> MATVariable {
    guard element.type == .compressed else { return variable }
    let size = try matrixBytes(variable.source, offset)
    guard size <= Self.mostBytes else {
      throw MATDamage("'\(variable.name)' has \(size) bytes, more than \(Self.mostBytes)")
    }
    // One byte more than it says it has, to see that there is none.
    let output = try unpack(variable.source, element, offset, limit: 8 + size + 1)
    guard output.bytes.count == 8 + size, let whole = try MATVariable(output, body: 8..<8 + size) else {
      throw MATDamage(
        "'\(variable.name)', compressed at byte \(offset), says that it has \(size) bytes and has "
          + (output.bytes.count > 8 + size ? "more" : "\(output.bytes.count - 8)"))
    }
    return whole
  }

  private func unpack(
    _ source: MATBytes, _ element: MATBytes.Element, _ offset: Int, limit: Int
  ) throws(MATDamage) -> MATBytes {
    do {
      return MATBytes(
        bytes: try Inflate.inflate(bytes[element.body], limit: limit), isBigEndian: source.isBigEndian,
        origin: " of what was unpacked from byte \(offset)")
    } catch {
      throw MATDamage("the compressed element at byte \(offset) cannot be unpacked, \(error.what)")
    }
  }

  /// The byte count that an unpacked element says it has.
  private func matrixBytes(_ source: MATBytes, _ offset: Int) throws(MATDamage) -> Int {
    guard source.bytes.count >= 8, source.integer(at: 0) as UInt32 == MATBytes.ElementType.matrix.rawValue else {
      throw MATDamage("the compressed element at byte \(offset) is not a variable")
    }
    return Int(source.integer(at: 4) as UInt32)
  }

  private static func list(_ names: [String]) -> String {
    guard !names.isEmpty else { return "nor any other" }
    let shown = names.prefix(8).joined(separator: ", ")
    return "only \(shown)" + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }
}
