import ArgumentParser
import ControlClient
import Primitives

/// `corrflowd ctl system`: how the daemon is.
struct CtlSystemCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "system", abstract: "Shows the daemon's version, whether it is ready, and what it uses.")

  @OptionGroup var client: ClientOptions

  func run(_ session: ClientSession) throws {
    let version = try session.client.get("/v1/version")
    // Older daemons have no such path.
    let system = try ClientError.unless(status: 404) { () throws(ClientError) in
      try session.client.get("/v1/system")
    }
    if session.isJSON { return try session.print(system ?? version) { _ in "" } }
    var pairs = [("server", session.client.server.description)] + Self.pairs(version.json)
    pairs.append(("ready", try Self.readiness(session)))
    for (name, value) in (system?.json?.members ?? [:]).sorted(by: { $0.key < $1.key }) where name != "version" {
      pairs += Self.flat(name, value)
    }
    try session.say(TextTable.pairs(pairs))
  }

  private static func pairs(_ version: JSONValue?) -> [(String, String)] {
    let build = version?["build"]
    return [
      ("version", "\(version?["version"]?.text ?? "?") (\(version?["git"]?.text ?? "?"))"),
      ("kernels", build?["backend"]?.text ?? "?"), ("build", build?["configuration"]?.text ?? "?"),
    ]
  }

  /// "yes", or what is wrong.
  private static func readiness(_ session: ClientSession) throws -> String {
    do throws(ClientError) {
      _ = try session.client.get("/readyz")
      return "yes"
    } catch {
      guard case .refused(let problem) = error, problem.status == 503 else { throw error }
      return "no: \(problem.detail)"
    }
  }

  /// An object's members as lines of their own; `disk.free_bytes`.
  private static func flat(_ name: String, _ value: JSONValue) -> [(String, String)] {
    guard case .object(let members) = value else { return [(name, JobText.named(name, value))] }
    return members.sorted { $0.key < $1.key }.flatMap { flat("\(name).\($0.key)", $0.value) }
  }
}
