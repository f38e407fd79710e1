import Foundation
import Glibc

/// A client that sends exactly the bytes it is given.
final class RawClient {
  private let descriptor: Int32
  private(set) var received: [UInt8] = []
  /// True once reading has met the end: not when it only ran out of time.
  private(set) var isClosed = false

  /// - Parameter receiveBytes: size of the buffer for what is received; the system's unless given.
  init(port: UInt16, timeoutSeconds: Int = 10, receiveBytes: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    if var receiveBytes {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBytes, socklen_t(MemoryLayout<Int32>.size))
    }
    try open(address, timeoutSeconds: timeoutSeconds)
  }

  init(socket path: String, timeoutSeconds: Int = 10) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    try open(address, timeoutSeconds: timeoutSeconds)
  }

  private func open<Address>(_ address: Address, timeoutSeconds: Int) throws {
    var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard result == 0 else { throw POSIXError(.ECONNREFUSED) }
  }

  deinit {
    close(descriptor)
  }

  /// Sends text; false when the connection is gone.
  @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Reads once; false at the end or after the time limit.
  @discardableResult func receive() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else {
      isClosed = count == 0 || errno == ECONNRESET
      return false
    }
    received += buffer[..<count]
    return true
  }

  /// Everything until the server closes.
  func readToEnd() -> RawReply {
    while receive() {}
    return RawReply(received)
  }

  /// One reply with a `Content-Length`, or chunked; the connection stays open.
  func readReply() -> RawReply {
    while true {
      let reply = RawReply(received)
      if let end = reply.end {
        received.removeFirst(end)
        return reply
      }
      guard receive() else { return reply }
    }
  }
}

/// A reply taken apart.
struct RawReply {
  var text: String
  var status = 0
  var headers: [(name: String, value: String)] = []
  var bodyBytes: [UInt8] = []
  /// Bytes of the whole reply, once complete.
  var end: Int?

  var body: String { String(decoding: bodyBytes, as: UTF8.self) }

  func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

  init(_ bytes: [UInt8]) {
    text = String(decoding: bytes, as: UTF8.self)
    guard let headEnd = Data(bytes.prefix(8192)).firstRange(of: Data("\r\n\r\n".utf8)) else { return }
    let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    status = Int(lines[0].split(separator: " ")[1]) ?? 0
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers.append((String(parts[0]), parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""))
    }
    let rest = Array(bytes[headEnd.upperBound...])
    if let length = header("Content-Length").flatMap({ Int($0) }) {
      bodyBytes = Array(rest.prefix(length))
      if rest.count >= length { end = headEnd.upperBound + length }
    } else if header("Transfer-Encoding") == "chunked" {
      readChunks(rest, from: headEnd.upperBound)
    } else {
      bodyBytes = rest
      if status == 204 || status == 304 { end = headEnd.upperBound }
    }
  }

  private mutating func readChunks(_ rest: [UInt8], from start: Int) {
    var position = 0
    while let lineEnd = Data(rest[position...]).firstRange(of: Data("\r\n".utf8)) {
      let count = Int(String(decoding: rest[position..<position + lineEnd.lowerBound], as: UTF8.self), radix: 16) ?? 0
      position += lineEnd.upperBound
      guard position + count + 2 <= rest.count else { return }
      bodyBytes += rest[position..<position + count]
      position += count + 2
      if count == 0 {
        end = start + position
        return
      }
    }
  }
}
