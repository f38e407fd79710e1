import CCurl
import Foundation
import HTTPServer
import Primitives

/// One HTTP request and its reply, by libcurl. Used by one thread at a time; its connection is kept for the next request.
final class Transfer {
  /// What is asked.
  struct Request {
    var method: String
    var url: String
    var socketPath: String?
    var headers: [String]
    var body: [UInt8]?
    /// Seconds from the beginning to the end; nil for a stream or a download, which may take any time.
    var seconds: Int?
    /// Seconds without a byte after which it is given up; nil to wait for ever.
    var silentSeconds: Int?
  }

  /// What is done while the reply arrives. Each may end the transfer by returning false.
  struct Handlers {
    /// Takes a piece of the body of a successful reply; nil keeps it for the reply.
    var piece: ((ClientReply, UnsafeRawBufferPointer) -> Bool)?
    /// Asked at least once a second.
    var goesOn: () -> Bool = { true }
  }

  /// How a transfer failed.
  struct Failure: Error {
    var reason: String
    /// Whether a handler ended it.
    var isWanted: Bool
    /// Whether the connection was there, and broke before the reply was complete: what was asked may have been done.
    var isBroken = false
  }

  /// The reply so far.
  fileprivate var reply = ClientReply(status: 0, headers: [:], bytes: [])
  fileprivate var handlers = Handlers()
  fileprivate let handle: UnsafeMutableRawPointer

  /// Most bytes of a reply that is kept in memory.
  fileprivate static let keptLimit = 64 << 20

  init?() {
    guard let handle = curl_easy_init() else { return nil }
    self.handle = handle
  }

  deinit {
    curl_easy_cleanup(handle)
  }

  /// Carries a request out.
  func perform(_ request: Request, _ handlers: Handlers) throws(Failure) -> ClientReply {
    self.handlers = handlers
    reply = ClientReply(status: 0, headers: [:], bytes: [])
    var lines: UnsafeMutablePointer<curl_slist>?
    for line in request.headers { lines = curl_slist_append(lines, line) }
    defer { curl_slist_free_all(lines) }
    let body = request.body ?? []
    var errors = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    let code = body.withUnsafeBytes { body in
      errors.withUnsafeMutableBufferPointer { errors in
        set(request, lines)
        if request.body != nil { corrflow_curl_set_body(handle, body.baseAddress, curl_off_t(body.count)) }
        if request.body?.isEmpty == true { corrflow_curl_set_body(handle, "", 0) }
        corrflow_curl_set_callbacks(
          handle, Unmanaged.passUnretained(self).toOpaque(), headerArrived, pieceArrived, timePassed, errors.baseAddress
        )
        // The buffer lives as long as this closure, which is as long as the transfer.
        defer { corrflow_curl_set_text(handle, CURLOPT_ERRORBUFFER, nil) }
        return curl_easy_perform(handle)
      }
    }
    self.handlers = Handlers()
    guard code == CURLE_OK else { throw failure(code, errors) }
    reply.status = Int(corrflow_curl_status(handle))
    return reply
  }

  private func set(_ request: Request, _ lines: UnsafeMutablePointer<curl_slist>?) {
    // What was set for the request before is forgotten; its connection is not.
    curl_easy_reset(handle)
    corrflow_curl_set_text(handle, CURLOPT_URL, request.url)
    corrflow_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    corrflow_curl_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, request.socketPath)
    // A proxy of the environment is for the web, and must not see tokens.
    corrflow_curl_set_text(handle, CURLOPT_PROXY, "")
    if request.body != nil { corrflow_curl_set_number(handle, CURLOPT_POST, 1) }
    corrflow_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
    if request.method == "HEAD" { corrflow_curl_set_number(handle, CURLOPT_NOBODY, 1) }
    corrflow_curl_set_lines(handle, CURLOPT_HTTPHEADER, lines)
    corrflow_curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
    corrflow_curl_set_number(handle, CURLOPT_CONNECTTIMEOUT, 10)
    corrflow_curl_set_number(handle, CURLOPT_TIMEOUT, request.seconds ?? 0)
    if let seconds = request.silentSeconds {
      corrflow_curl_set_number(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
      corrflow_curl_set_number(handle, CURLOPT_LOW_SPEED_TIME, seconds)
    }
  }

  /// What the system says of a connection says more than libcurl, which speaks of port 80 where there is a Unix socket.
  private func failure(_ code: CURLcode, _ errors: [CChar]) -> Failure {
    let number = corrflow_curl_system_error(handle)
    if code == CURLE_COULDNT_CONNECT, number != 0 { return Failure(reason: systemMessage(number), isWanted: false) }
    let detail = errors.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    let reason = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
    return Failure(
      reason: reason, isWanted: code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_WRITE_ERROR,
      isBroken: [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE].contains(code))
  }

  /// Takes a header line; a status line begins the headers anew, since one of 1xx may come before.
  fileprivate func takeHeader(_ line: String) {
    if line.hasPrefix("HTTP/") {
      reply.headers = [:]
      return
    }
    let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2 else { return }
    reply.headers.append(String(halves[0]), halves[1].trimmingCharacters(in: .whitespacesAndNewlines))
  }

  fileprivate func takePiece(_ piece: UnsafeRawBufferPointer) -> Bool {
    reply.status = Int(corrflow_curl_status(handle))
    if let handler = handlers.piece, reply.isSuccess { return handler(reply, piece) }
    guard reply.bytes.count + piece.count <= Self.keptLimit else { return false }
    reply.bytes.append(contentsOf: piece)
    return true
  }
}

// libcurl calls these on the thread that performs the transfer.

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
  context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private func headerArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  transfer(context)?.takeHeader(
    String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self))
  return size * count
}

private func pieceArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  // Any other count than what came ends the transfer.
  return transfer(context)?.takePiece(piece) == true ? piece.count : -1
}

private func timePassed(
  _ context: UnsafeMutableRawPointer?, _ downTotal: curl_off_t, _ down: curl_off_t, _ upTotal: curl_off_t,
  _ up: curl_off_t
) -> Int32 {
  transfer(context)?.handlers.goesOn() == true ? 0 : 1
}
