import Glibc
import Primitives

/// A file of bearer tokens, one `scope:token` a line.
public struct TokenFile: Sendable, Hashable {
  /// Most bytes that are read.
  public static let sizeLimit = 64 << 10

  /// What a file held.
  public struct Contents: Sendable {
    /// The tokens; there may be none.
    public var tokens: BearerTokens
    /// What the operator should know: that others may read the file.
    public var warning: String?
  }

  /// Where it is.
  public let path: String

  /// The file at `path`; nothing is read yet.
  public init(path: String) {
    self.path = path
  }

  /// Reads the file. Its mode is that of the very file that is read, whatever happens to its name meanwhile.
  ///
  /// - Throws: `HTTPServerError.badTokenFile` when it cannot be read, holds anything else than tokens, or when everybody may
  ///   write to it.
  public func read() throws(HTTPServerError) -> Contents {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw fault(systemMessage(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw fault("it is not a regular file")
    }
    guard status.st_mode & S_IWOTH == 0 else {
      throw fault("every user may write to it, and so make tokens; chmod 0600 \(path)")
    }
    guard let text = String(validating: try bytes(of: descriptor), as: UTF8.self) else {
      throw fault("it is not text in UTF-8")
    }
    do throws(BearerTokens.Fault) {
      return Contents(tokens: try BearerTokens(parsing: text), warning: warning(mode: status.st_mode))
    } catch {
      throw fault(error.description)
    }
  }

  private func bytes(of descriptor: Int32) throws(HTTPServerError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.sizeLimit + 1)
    var count = 0
    while count < bytes.count {
      let read = bytes[count...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard read >= 0 else { throw fault(systemMessage(errno)) }
      if read == 0 { break }
      count += read
    }
    guard count <= Self.sizeLimit else { throw fault("it has more than \(Self.sizeLimit) bytes") }
    return Array(bytes[..<count])
  }

  private func warning(mode: mode_t) -> String? {
    guard mode & (S_IROTH | S_IWGRP) != 0 else { return nil }
    let who = mode & S_IROTH != 0 ? "every user of this machine may read" : "its group may write to"
    return "\(who) the token file \(path); chmod 0600 \(path)"
  }

  private func fault(_ reason: String) -> HTTPServerError {
    .badTokenFile(path: path, reason: reason)
  }
}
