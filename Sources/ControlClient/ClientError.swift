import HTTPServer
import Primitives

/// Why a request to a daemon did not do what was wanted. Descriptions say what to do next.
public enum ClientError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An address that is none.
  case badAddress(String, reason: String)
  /// A token file that cannot be used.
  case badTokenFile(path: String, reason: String)
  /// Nobody answered.
  case unreachable(ServerAddress, reason: String)
  /// Nobody answered a request that may have been carried out, even when it was sent again under the same key.
  case broken(ServerAddress, reason: String, key: String)
  /// The daemon said no.
  case refused(ClientProblem)
  /// What came is not what a daemon sends.
  case badReply(String, reason: String)
  /// No run, or several, go by a name.
  case noSuchRun(String, candidates: [String])
  /// A file here that cannot be written.
  case cannotWrite(path: String, reason: String)
  /// A download that differs from what the daemon announced.
  case damaged(path: String, expected: String, found: String)
  /// The user, or the caller, ended the transfer.
  case interrupted

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .badAddress(let text, let reason):
      "'\(text)' is no address of a daemon: \(reason). Give http://HOST:PORT or unix:/PATH."
    case .badTokenFile(let path, let reason): "The token file \(path) cannot be used: \(reason)."
    case .unreachable(let server, let reason):
      "There is no answer from \(server): \(reason). Is the daemon running there? --server, or CORRFLOW_SERVER, names "
        + "another."
    case .broken(let server, let reason, let key):
      "The connection to \(server) broke before its reply, and again when the request was sent once more: \(reason). It may "
        + "have been carried out: the same command with --idempotency-key \(key) asks again, and creates nothing twice."
    case .refused(let problem): problem.description
    case .badReply(let path, let reason):
      "The reply to \(path) cannot be read: \(reason). Is it a corrflowd that answers?"
    case .noSuchRun(let text, let candidates) where candidates.isEmpty:
      "There is no run '\(text)': no name, and no beginning of an identity. `corrflowd ctl runs` lists them."
    case .noSuchRun(let text, let candidates):
      "'\(text)' may be any of \(candidates.count) runs; give more of the identity:\n  "
        + candidates.joined(separator: "\n  ")
    case .cannotWrite(let path, let reason): "Cannot write \(path): \(reason)."
    case .damaged(let path, let expected, let found):
      "\(path) arrived damaged: its SHA-256 is \(found) and should be \(expected). It was removed; download it again."
    case .interrupted: "Interrupted."
    }
  }
}

extension ClientError {
  /// The HTTP status with which the daemon refused.
  public var status: Int? {
    if case .refused(let problem) = self { return problem.status }
    return nil
  }

  /// What `body` returns; nil when the daemon answers it with `status`.
  public static func unless<Value>(
    status: Int, _ body: () throws(ClientError) -> Value
  ) throws(ClientError) -> Value? {
    do throws(ClientError) {
      return try body()
    } catch {
      guard error.status == status else { throw error }
      return nil
    }
  }
}

/// A reply of `application/problem+json` (RFC 9457).
public struct ClientProblem: Sendable, Equatable, CustomStringConvertible {
  /// One fault of the request.
  public struct Fault: Sendable, Equatable {
    /// JSON pointer into the body, or `?name`.
    public var pointer: String
    /// What is wrong there.
    public var detail: String
  }

  /// HTTP status.
  public var status: Int
  /// The last part of `type`: `run-state-conflict`.
  public var slug: String
  /// What happened, and what to do.
  public var detail: String
  /// Each fault of the request.
  public var faults: [Fault]
  /// Names the request in the daemon's log.
  public var requestID: String?

  /// The problem in a reply; one whose body is something else is told by its status.
  init(_ reply: ClientReply) {
    status = reply.status
    let json = reply.json
    slug = json?["type"]?.text.map { String($0.split(separator: ":").last ?? "") } ?? ""
    detail = json?["detail"]?.text ?? "the server answered with status \(reply.status), and not as a corrflowd does"
    requestID = json?["request_id"]?.text
    faults = (json?["errors"]?.elements ?? []).map { fault in
      Fault(pointer: fault["pointer"]?.text ?? "", detail: fault["detail"]?.text ?? "")
    }
  }

  /// The detail, a line for each fault, and for a fault of the daemon's own the name of the request.
  public var description: String {
    var lines = [detail]
    lines += faults.map { "  \($0.pointer.isEmpty ? "the request" : $0.pointer): \($0.detail)" }
    if status == 401 { lines.append("  give a token with --token-file FILE or CORRFLOW_TOKEN_FILE") }
    if status >= 500, let requestID { lines.append("  request \(requestID) in the daemon's log") }
    return lines.joined(separator: "\n")
  }
}
