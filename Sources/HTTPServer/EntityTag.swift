/// A strong entity tag, in quotes: names one exact state of a resource (RFC 9110, section 8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
  /// The tag with its quotes, as in the header.
  public let description: String

  /// A tag of visible ASCII without quotes.
  public init(_ opaque: String) {
    precondition(
      opaque.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") },
      "an entity tag is visible ASCII without quotes, got \(opaque)")
    description = "\"\(opaque)\""
  }

  /// A tag of the bytes themselves: 64-bit FNV-1a (Fowler, Noll and Vo). It is a checksum, not a signature.
  public init(contentOf bytes: [UInt8]) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    self.init("c" + String(hash, radix: 16))
  }

  /// True when an `If-None-Match` header names this tag or `*`; weak tags count (weak comparison).
  public func isListed(inIfNoneMatch header: String?) -> Bool {
    guard let header else { return false }
    return header.split(separator: ",").contains { item in
      let item = String(item).trimmingBlanks
      return item == "*" || item == description || item == "W/" + description
    }
  }

  /// True when an `If-Match` header is absent, or names this very tag or `*`; weak tags do not (strong comparison).
  public func satisfies(ifMatch header: String?) -> Bool {
    guard let header else { return true }
    return header.split(separator: ",").contains { item in
      let item = String(item).trimmingBlanks
      return item == "*" || item == description
    }
  }

  /// True when an `If-Range` header is absent or is this very tag; dates and weak tags are not (strong comparison).
  public func allowsRange(ifRange header: String?) -> Bool {
    header.map { $0.trimmingBlanks == description } ?? true
  }
}

extension EntityTag {
  /// The tag without its quotes.
  public var opaque: String { String(description.dropFirst().dropLast()) }

  /// 304, when the client of a GET or HEAD has what the tag names already; nil when it wants it. To be asked before what is
  /// costly to make is made.
  public func notModified(for request: HTTPRequest) -> HTTPResponse? {
    guard isListed(inIfNoneMatch: request.headers.list("If-None-Match")) else { return nil }
    return HTTPResponse(status: 304, headers: ["ETag": description])
  }
}

extension HTTPResponse {
  /// This reply with `tag`, or 304 without a body when the client has it already. For replies to GET and HEAD.
  public func tagged(_ tag: EntityTag, for request: HTTPRequest) -> HTTPResponse {
    var response = self
    response.headers["ETag"] = tag.description
    guard tag.notModified(for: request) != nil else { return response }
    response.status = 304
    response.body = .bytes([])
    response.headers["Content-Type"] = nil
    return response
  }

  /// This JSON reply tagged by its content; other replies are returned as they are.
  public func taggedByContent(for request: HTTPRequest) -> HTTPResponse {
    guard case .bytes(let bytes) = body, status == 200 else { return self }
    return tagged(EntityTag(contentOf: bytes), for: request)
  }

  /// A file as a download: 200, 206 for a range, 304 when the client has it, 416 for a range behind its end.
  ///
  /// - Parameters:
  ///   - tag: names the file's exact bytes.
  ///   - name: what the client should call it; characters other than letters, digits, `.`, `-` and `_` become `_`.
  ///   - contentType: media type.
  public static func download(
    _ file: OpenFile, tag: EntityTag, name: String, contentType: String, for request: HTTPRequest
  ) throws(Problem) -> HTTPResponse {
    let safeName = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
    var response = HTTPResponse(
      status: 200,
      headers: [
        "Content-Type": contentType, "Accept-Ranges": "bytes",
        "Content-Disposition": "attachment; filename=\"\(safeName)\"",
      ],
      body: .file(file, offset: 0, count: file.byteCount)
    ).tagged(tag, for: request)
    // A range is for GET alone (RFC 9110, section 14.2): HEAD tells of the whole file.
    guard response.status == 200, request.method == "GET", tag.allowsRange(ifRange: request.headers.list("If-Range"))
    else { return response }
    switch ByteRange(header: request.headers.list("Range"), byteCount: file.byteCount) {
    case .whole: break
    case .part(let offset, let count):
      response.status = 206
      response.headers["Content-Range"] = "bytes \(offset)-\(offset + count - 1)/\(file.byteCount)"
      response.body = .file(file, offset: offset, count: count)
    case .unsatisfiable:
      throw Problem(
        status: 416, slug: .rangeNotSatisfiable, detail: "The file has \(file.byteCount) bytes.",
        headers: ["Content-Range": "bytes */\(file.byteCount)", "Accept-Ranges": "bytes"])
    }
    return response
  }
}
