import CFFmpeg
import Glibc

/// An open regular file, and the way libav reads it.
///
/// libav gets bytes through our own reader, never a path: whatever a file says, nothing but itself is opened.
final class SourceFile {
  let path: String
  fileprivate let descriptor: CInt
  let byteCount: Int64

  /// Opens `path` for reading. A FIFO or a device is refused without waiting for it.
  init(path: String) throws(MediaError) {
    self.path = path
    guard !path.utf8.contains(0) else { throw .notFound(path: path) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR { throw .notFound(path: path) }
      throw .cannotOpen(path: path, reason: Libav.systemMessage(code))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notAFile(path: path)
    }
    guard status.st_size > 0 else {
      close(descriptor)
      throw .emptyFile(path: path)
    }
    self.descriptor = descriptor
    byteCount = Int64(status.st_size)
  }

  deinit { close(descriptor) }

  /// A new reader at the start of the file, or nil when there is no memory. The file must outlive it;
  /// `freeReader` ends it. Two readers must not be used in turns: they share the file's position.
  func makeReader() -> UnsafeMutablePointer<AVIOContext>? {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
    let size = 32 * 1024
    guard let buffer = av_malloc(size) else { return nil }
    let opaque = Unmanaged.passUnretained(self).toOpaque()
    let reader = avio_alloc_context(
      buffer.assumingMemoryBound(to: UInt8.self), CInt(size), 0, opaque, readBytes, nil, seekBytes)
    if reader == nil { av_free(buffer) }
    return reader
  }

  /// Frees what `makeReader` made.
  static func freeReader(_ reader: inout UnsafeMutablePointer<AVIOContext>?) {
    guard let context = reader else { return }
    av_free(context.pointee.buffer)
    context.pointee.buffer = nil
    avio_context_free(&reader)
  }
}

/// libav's read callback.
private func readBytes(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ size: CInt) -> CInt
{
  guard let opaque, let buffer, size > 0 else { return corrflow_averror(EINVAL) }
  let file = Unmanaged<SourceFile>.fromOpaque(opaque).takeUnretainedValue()
  while true {
    let count = read(file.descriptor, buffer, Int(size))
    if count > 0 { return CInt(count) }
    if count == 0 { return Libav.endOfFile }
    if errno != EINTR { return corrflow_averror(errno) }
  }
}

/// libav's seek callback; `AVSEEK_SIZE` asks for the size of the file.
private func seekBytes(_ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ origin: CInt) -> Int64 {
  guard let opaque else { return Int64(corrflow_averror(EINVAL)) }
  let file = Unmanaged<SourceFile>.fromOpaque(opaque).takeUnretainedValue()
  if origin & AVSEEK_SIZE != 0 { return file.byteCount }
  let position = lseek(file.descriptor, off_t(offset), origin & ~AVSEEK_FORCE)
  return position >= 0 ? Int64(position) : Int64(corrflow_averror(errno))
}
