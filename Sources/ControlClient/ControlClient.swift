import HTTPServer
import Primitives

/// A client of the control API, over TCP or a Unix socket.
///
///     let client = try ControlClient(server: .usual, token: nil)
///     let runs = try client.get("/v1/runs", query: [("state", "running")])
///     print(runs.json?["items"]?.elements.count ?? 0)
///
/// It sends one request at a time, on one connection, and is used by one thread.
public final class ControlClient {
  /// Where the daemon is.
  public let server: ServerAddress
  private let token: String?
  private let transfer: Transfer

  /// Seconds that a usual request may take.
  private static let usualSeconds = 60
  /// Seconds without a byte after which a stream or a download is given up; the daemon's streams say something each 15.
  private static let silentSeconds = 60

  /// A client; nothing is sent yet.
  ///
  /// - Parameter token: shown with each request over TCP and over sockets.
  /// - Throws: `ClientError.unreachable` when there is no memory for a connection.
  public init(server: ServerAddress, token: String?) throws(ClientError) {
    guard let transfer = Transfer() else { throw .unreachable(server, reason: "libcurl did not start") }
    self.server = server
    self.token = token
    self.transfer = transfer
  }

  /// A client with a connection of its own, for a request while a stream is read.
  public func sibling() throws(ClientError) -> ControlClient {
    try ControlClient(server: server, token: token)
  }

  /// Asks for something.
  ///
  /// - Throws: `ClientError.refused` for every status but 2xx and 304.
  public func get(
    _ path: String, query: [(String, String)] = [], headers: [String] = []
  ) throws(ClientError) -> ClientReply {
    try checked(path, send("GET", path, query: query, headers: headers))
  }

  /// Asks to change something.
  ///
  /// - Parameter body: nil to send none.
  /// - Throws: `ClientError.refused` for every status but 2xx.
  public func send(
    _ method: String, _ path: String, query: [(String, String)] = [], body: JSONValue? = nil
  ) throws(ClientError) -> ClientReply {
    let bytes = body.map { JSONText.bytes(of: $0) } ?? (method == "DELETE" ? nil : [])
    // Without a body there is no type to declare; libcurl would declare a form.
    let headers = body == nil ? ["Content-Type:"] : ["Content-Type: application/json"]
    return try checked(path, send(method, path, query: query, headers: headers, body: bytes))
  }

  /// Asks to create something, under a name for the request (`Idempotency-Key`), so that it can be sent again: when the
  /// connection breaks before the reply, that is done once.
  ///
  /// - Parameter key: 1 to 255 visible characters of ASCII; another one for everything that is to be created.
  /// - Throws: `ClientError.broken` when the connection breaks again; `.refused` for every status but 2xx.
  public func create(
    _ path: String, query: [(String, String)] = [], body: JSONValue, key: String
  ) throws(ClientError) -> ClientReply {
    let headers = ["Content-Type: application/json", "Idempotency-Key: \(key)"]
    var request = request("POST", path, query: query, headers: headers)
    request.body = JSONText.bytes(of: body)
    var reply: ClientReply?
    do throws(Transfer.Failure) {
      reply = try transfer.perform(request, Transfer.Handlers())
    } catch {
      guard error.isBroken else { throw .unreachable(server, reason: error.reason) }
    }
    if let reply { return try checked(path, reply) }
    do throws(ClientError) {
      return try checked(path, perform(request, Transfer.Handlers()))
    } catch .unreachable(let server, let reason) {
      throw .broken(server, reason: reason, key: key)
    } catch {
      throw error
    }
  }

  /// Reads a reply while it arrives.
  ///
  /// - Parameters:
  ///   - goesOn: asked at least once a second; false ends the transfer.
  ///   - piece: takes what came of a successful reply, with its head; false ends the transfer.
  /// - Throws: `ClientError.interrupted` when either ended it.
  public func stream(
    _ path: String, query: [(String, String)] = [], headers: [String] = [], goesOn: @escaping () -> Bool,
    piece: @escaping (ClientReply, UnsafeRawBufferPointer) -> Bool
  ) throws(ClientError) -> ClientReply {
    var request = request("GET", path, query: query, headers: headers)
    request.seconds = nil
    request.silentSeconds = Self.silentSeconds
    return try checked(path, perform(request, Transfer.Handlers(piece: piece, goesOn: goesOn)))
  }

  /// Asks and waits as long as `goesOn`; for requests that the daemon answers late on purpose.
  public func wait(
    _ path: String, query: [(String, String)] = [], headers: [String] = [], goesOn: @escaping () -> Bool
  ) throws(ClientError) -> ClientReply {
    try checked(path, perform(request("GET", path, query: query, headers: headers), Transfer.Handlers(goesOn: goesOn)))
  }

  /// A path in which every part may have any character.
  public static func path(_ parts: String...) -> String {
    parts.map { "/" + $0.split(separator: "/").map { encoded(String($0)) }.joined(separator: "/") }.joined()
  }

  private func send(
    _ method: String, _ path: String, query: [(String, String)], headers: [String], body: [UInt8]? = nil
  ) throws(ClientError) -> ClientReply {
    var request = request(method, path, query: query, headers: headers)
    request.body = body
    return try perform(request, Transfer.Handlers())
  }

  private func request(
    _ method: String, _ path: String, query: [(String, String)], headers: [String]
  ) -> Transfer.Request {
    let pairs = query.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }
    var socketPath: String?
    if case .unix(let path) = server { socketPath = path }
    // libcurl would wait for a 100 before it sends a body; the daemon's answer to the head comes soon enough.
    var lines = headers + ["Accept: application/json, */*", "Expect:"]
    if let token { lines.append("Authorization: Bearer \(token)") }
    return Transfer.Request(
      method: method, url: server.base + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")),
      socketPath: socketPath, headers: lines, seconds: Self.usualSeconds)
  }

  private func perform(_ request: Transfer.Request, _ handlers: Transfer.Handlers) throws(ClientError) -> ClientReply {
    do throws(Transfer.Failure) {
      return try transfer.perform(request, handlers)
    } catch {
      throw error.isWanted ? .interrupted : .unreachable(server, reason: error.reason)
    }
  }

  private func checked(_ path: String, _ reply: ClientReply) throws(ClientError) -> ClientReply {
    guard reply.isSuccess || reply.status == 304 else { throw .refused(ClientProblem(reply)) }
    return reply
  }

  /// Letters, digits and `-._~` as they are, every other byte as an escape.
  static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default: encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}

extension ControlClient {
  /// A reply's JSON.
  ///
  /// - Throws: `ClientError.badReply` when the reply is something else.
  public func json(_ path: String, query: [(String, String)] = []) throws(ClientError) -> JSONValue {
    guard let json = try get(path, query: query).json else { throw .badReply(path, reason: "it is not JSON") }
    return json
  }

  /// All items of a list, page after page.
  ///
  /// - Parameter limit: the most that are wanted.
  public func items(_ path: String, query: [(String, String)] = [], limit: Int) throws(ClientError) -> [JSONValue] {
    var items: [JSONValue] = []
    var cursor: String?
    repeat {
      let page = [("limit", "\(min(200, limit - items.count))")] + (cursor.map { [("cursor", $0)] } ?? [])
      let list = try json(path, query: query + page)
      items += list["items"]?.elements ?? []
      cursor = list["next_cursor"]?.text
    } while cursor != nil && items.count < limit
    return Array(items.prefix(limit))
  }
}
