import CMicroHTTPD
import Glibc

/// Headers of every reply that does not set them itself.
///
/// Nothing here is for a browser to guess at, embed or keep: no sniffing, no frames, no referrer, no store without asking.
let staticHeaders: HTTPHeaders = [
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "private, no-cache",
]

/// A reply as libmicrohttpd sends it, owned by the caller; nil when memory or descriptors ran out.
func makeNativeResponse(_ response: HTTPResponse, requestID: String) -> OpaquePointer? {
  guard let native = makeNativeBody(response.body) else { return nil }
  var headers = response.headers
  headers["X-Request-Id"] = requestID
  for field in staticHeaders.fields where headers[field.name] == nil { headers.append(field.name, field.value) }
  for field in headers.fields where MHD_add_response_header(native, field.name, field.value) != .YES {
    // A value with a line break: sending the reply without the line could mislead, so nothing is sent.
    MHD_destroy_response(native)
    return nil
  }
  return native
}

private func makeNativeBody(_ body: HTTPResponse.Body) -> OpaquePointer? {
  switch body {
  case .bytes(let bytes):
    return bytes.withUnsafeBytes { buffer in
      // It copies, so the pointer may be cast to a mutable one.
      MHD_create_response_from_buffer(
        buffer.count, UnsafeMutableRawPointer(mutating: buffer.baseAddress), .RESPMEM_MUST_COPY)
    }
  case .file(let file, let offset, let count):
    let descriptor = file.duplicateDescriptor()
    guard descriptor >= 0 else { return nil }
    // On success libmicrohttpd owns the descriptor.
    guard let native = MHD_create_response_from_fd_at_offset64(UInt64(count), descriptor, UInt64(offset)) else {
      close(descriptor)
      return nil
    }
    return native
  case .stream(let stream):
    let reader = Unmanaged.passRetained(StreamReader(stream))
    let unknownSize = UInt64.max
    guard
      let native = MHD_create_response_from_callback(unknownSize, 32 << 10, readStream, reader.toOpaque(), freeStream)
    else {
      reader.release()
      return nil
    }
    return native
  }
}

/// A stream and what of its last piece is not sent yet. Only its connection's thread touches it.
private final class StreamReader {
  let stream: HTTPBodyStream
  var piece: ArraySlice<UInt8> = []

  init(_ stream: HTTPBodyStream) {
    self.stream = stream
  }

  /// Fills `buffer` with at least one byte; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while piece.isEmpty {
      guard let next = try stream.next() else { return 0 }
      piece = next[...]
    }
    let count = min(piece.count, buffer.count)
    buffer.copyBytes(from: piece.prefix(count))
    piece = piece.dropFirst(count)
    return count
  }
}

private func readStream(
  context: UnsafeMutableRawPointer?, position: UInt64, buffer: UnsafeMutablePointer<CChar>?, capacity: Int
) -> Int {
  // MHD_CONTENT_READER_END_OF_STREAM and ..._END_WITH_ERROR, macros that Swift does not import.
  let (endOfStream, endWithError) = (-1, -2)
  guard let context, let buffer else { return endWithError }
  let reader = Unmanaged<StreamReader>.fromOpaque(context).takeUnretainedValue()
  do {
    let count = try reader.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
    return count == 0 ? endOfStream : count
  } catch {
    // The connection is cut, which tells the client that the body is incomplete.
    return endWithError
  }
}

private func freeStream(context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<StreamReader>.fromOpaque(context).release()
}
