/// The first part of a file: eight bytes of length, then JSON, padded with spaces to a multiple of eight.
struct SafeTensorsHeader {
  /// The name in the header that is not a tensor's.
  static let metadataName = "__metadata__"
  /// Longest JSON, in bytes; the reference library's own limit.
  static let maximumByteCount = 100_000_000
  /// Bytes of the length field, and the alignment of the data after the header.
  static let alignment = 8

  var metadata: [String: String]
  /// In the order of the data.
  var tensors: [(name: String, info: TensorInfo)]

  /// Bytes of data that follow the header.
  var dataByteCount: Int { tensors.last?.info.byteRange.upperBound ?? 0 }

  /// Parses and checks the JSON of the file `path`.
  static func parse(_ bytes: [UInt8], path: String) throws(SafeTensorsError) -> SafeTensorsHeader {
    var parser = HeaderParser(bytes)
    let contents: HeaderParser.Contents
    do {
      contents = try parser.parse()
    } catch {
      throw .malformedHeader(path: path, reason: "\(error.reason) (byte \(error.offset) of the header)")
    }
    var tensors: [(name: String, info: TensorInfo)] = []
    for (name, entry) in contents.tensors {
      tensors.append((name, try info(of: name, entry, path: path)))
    }
    tensors.sort { left, right in
      let (a, b) = (left.info.byteRange, right.info.byteRange)
      return (a.lowerBound, a.upperBound, left.name) < (b.lowerBound, b.upperBound, right.name)
    }
    try checkContiguous(tensors, path: path)
    return SafeTensorsHeader(metadata: contents.metadata, tensors: tensors)
  }

  private static func info(
    of name: String, _ entry: HeaderParser.Entry, path: String
  ) throws(SafeTensorsError) -> TensorInfo {
    func fault(_ reason: String) -> SafeTensorsError { .malformedTensor(path: path, tensor: name, reason: reason) }
    guard let type = ElementType(rawValue: entry.elementType) else {
      throw fault("its type '\(entry.elementType)' is not supported")
    }
    guard entry.offsets.count == 2 else { throw fault("data_offsets has \(entry.offsets.count) numbers, not 2") }
    let (begin, end) = (entry.offsets[0], entry.offsets[1])
    guard begin <= end else { throw fault("its data ends (\(end)) before it begins (\(begin))") }
    guard let byteCount = TensorInfo.byteCount(elementType: type, shape: entry.shape) else {
      throw fault("its shape \(entry.shape) is too large")
    }
    guard end - begin == byteCount else {
      throw fault("shape \(entry.shape) of \(type.rawValue) takes \(byteCount) bytes, data_offsets span \(end - begin)")
    }
    return TensorInfo(elementType: type, shape: entry.shape, byteRange: begin..<end)
  }

  private static func checkContiguous(
    _ tensors: [(name: String, info: TensorInfo)], path: String
  ) throws(SafeTensorsError) {
    var end = 0
    for (name, info) in tensors {
      let begin = info.byteRange.lowerBound
      guard begin == end else {
        let what = begin < end ? "overlaps the tensor before it, which ends at" : "leaves a hole after"
        throw .malformedTensor(path: path, tensor: name, reason: "its data begins at \(begin) and \(what) \(end)")
      }
      end = info.byteRange.upperBound
    }
  }

  /// The bytes that begin the file: length, JSON, padding.
  func encoded() -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      members.append("\"\(Self.metadataName)\":{\(pairs.joined(separator: ","))}")
    }
    for (name, info) in tensors {
      let shape = info.shape.map(String.init).joined(separator: ",")
      let range = info.byteRange
      members.append(
        "\(Self.quoted(name)):{\"dtype\":\"\(info.elementType.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}")
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    let padding = (Self.alignment - json.count % Self.alignment) % Self.alignment
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
    return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{08}": result += "\\b"
      case "\u{09}": result += "\\t"
      case "\u{0A}": result += "\\n"
      case "\u{0C}": result += "\\f"
      case "\u{0D}": result += "\\r"
      case "\u{00}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
