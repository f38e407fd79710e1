import Foundation
import Glibc
import HTTPServer
import Primitives

/// A download into a file that goes on where it was broken off, and is compared with its SHA-256 at the end.
///
/// Until it is whole the file is called `NAME.part`, and its tag `NAME.part.tag`: what was downloaded of other bytes is not
/// gone on with.
public struct FileDownload {
  /// How far it is.
  public struct Progress: Sendable {
    /// Bytes that are here, those of an earlier attempt included.
    public var bytes: Int64
    /// Bytes of the whole file; nil while unknown.
    public var total: Int64?
  }

  /// What was downloaded.
  public struct Result: Sendable, Equatable {
    /// Where it is.
    public var path: String
    /// Its size.
    public var bytes: Int64
    /// Bytes that an earlier attempt had brought.
    public var resumedFrom: Int64
    /// Its SHA-256, when the daemon announced it and it is right.
    public var sha256: String?
  }

  private let client: ControlClient

  /// Downloads by `client`.
  public init(client: ControlClient) {
    self.client = client
  }

  /// Downloads `path` of the daemon to `file`.
  ///
  /// - Parameters:
  ///   - goesOn: asked at least once a second; false ends it, and what is here stays for the next time.
  ///   - progress: told of each piece.
  /// - Throws: `ClientError.damaged` when the bytes are not those that the daemon announced.
  public func run(
    _ path: String, to file: String, goesOn: @escaping () -> Bool, progress: @escaping (Progress) -> Void
  ) throws -> Result {
    let part = file + ".part"
    let tagFile = part + ".tag"
    let known = try? String(contentsOfFile: tagFile, encoding: .utf8)
    var start: Int64 = 0
    if known != nil, let size = Self.size(of: part) { start = size }
    var headers: [String] = []
    if start > 0, let known { headers = ["Range: bytes=\(start)-", "If-Range: \(known)"] }
    let sink = try Sink(path: part, tagFile: tagFile, start: start, progress: progress)
    do throws(ClientError) {
      _ = try client.stream(path, headers: headers, goesOn: goesOn) { reply, piece in sink.take(reply, piece) }
    } catch {
      if let failure = sink.failure { throw failure }
      // 416: the part was the whole already, and was broken off between its last byte and its name.
      guard start > 0, error.status == 416 else { throw error }
    }
    try sink.close()
    return try finish(part, file, tagFile, sink)
  }

  private func finish(_ part: String, _ file: String, _ tagFile: String, _ sink: Sink) throws -> Result {
    let tag = (try? String(contentsOfFile: tagFile, encoding: .utf8)) ?? ""
    var expected: String?
    if tag.hasPrefix("\"sha256-") { expected = String(tag.dropFirst(8).dropLast()) }
    if let expected {
      let found = try FileDigest.sha256(ofFileAt: URL(filePath: part))
      guard found == expected else {
        try FileManager.default.removeItem(atPath: part)
        try FileManager.default.removeItem(atPath: tagFile)
        throw ClientError.damaged(path: file, expected: expected, found: found)
      }
    }
    guard rename(part, file) == 0 else { throw ClientError.cannotWrite(path: file, reason: systemMessage(errno)) }
    try? FileManager.default.removeItem(atPath: tagFile)
    return Result(
      path: file, bytes: Self.size(of: file) ?? 0, resumedFrom: sink.resumedFrom, sha256: expected)
  }

  private static func size(of path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }
}

/// Where the bytes of a download go.
private final class Sink {
  private let path: String
  private let tagFile: String
  private let descriptor: Int32
  private let progress: (FileDownload.Progress) -> Void
  private var isBegun = false
  private var written: Int64 = 0
  private var total: Int64?
  /// Bytes that were there before.
  private(set) var resumedFrom: Int64
  /// Why no more can be taken.
  private(set) var failure: ClientError?

  init(
    path: String, tagFile: String, start: Int64, progress: @escaping (FileDownload.Progress) -> Void
  ) throws(ClientError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemMessage(errno)) }
    self.path = path
    self.tagFile = tagFile
    self.progress = progress
    resumedFrom = start
  }

  deinit {
    Glibc.close(descriptor)
  }

  func take(_ reply: ClientReply, _ piece: UnsafeRawBufferPointer) -> Bool {
    do throws(ClientError) {
      if !isBegun { try begin(reply) }
      try write(piece)
    } catch {
      failure = error
      return false
    }
    progress(FileDownload.Progress(bytes: written, total: total))
    return true
  }

  /// Syncs what was written.
  func close() throws(ClientError) {
    guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, reason: systemMessage(errno)) }
  }

  /// 206 goes on behind what is here; 200 begins anew.
  private func begin(_ reply: ClientReply) throws(ClientError) {
    isBegun = true
    if reply.status != 206 { resumedFrom = 0 }
    written = resumedFrom
    total = reply.headers["Content-Length"].flatMap { Int64($0) }.map { $0 + resumedFrom }
    guard ftruncate(descriptor, off_t(resumedFrom)) == 0, lseek(descriptor, off_t(resumedFrom), SEEK_SET) >= 0 else {
      throw .cannotWrite(path: path, reason: systemMessage(errno))
    }
    do {
      try Data((reply.headers["ETag"] ?? "").utf8).write(to: URL(filePath: tagFile))
    } catch {
      throw .cannotWrite(path: tagFile, reason: error.localizedDescription)
    }
  }

  private func write(_ piece: UnsafeRawBufferPointer) throws(ClientError) {
    var rest = piece
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .cannotWrite(path: path, reason: systemMessage(errno)) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      written += Int64(count)
    }
  }
}
