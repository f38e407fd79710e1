import Primitives

extension ControlClient {
  /// Runs that are looked through for a name.
  private static let searched = 2000

  /// The identity of the run that `text` names: an identity, the name of a run, or the beginning of one identity only.
  ///
  /// - Throws: `ClientError.noSuchRun` when there is none, or more than one.
  public func runID(_ text: String) throws(ClientError) -> String {
    if Self.isIdentity(text) { return text.uppercased() }
    let runs = try items("/v1/runs", limit: Self.searched).map { run in
      (id: run["id"]?.text ?? "", name: run["name"]?.text ?? "", state: run["state"]?.text ?? "")
    }
    var fitting = runs.filter { $0.name == text }
    if fitting.isEmpty { fitting = runs.filter { !text.isEmpty && $0.id.hasPrefix(text.uppercased()) } }
    guard fitting.count == 1 else {
      throw .noSuchRun(text, candidates: fitting.map { "\($0.id)  \($0.name)  \($0.state)" })
    }
    return fitting[0].id
  }

  /// Whether `text` has the form of an identity: 26 characters of Crockford's base 32.
  public static func isIdentity(_ text: String) -> Bool {
    text.utf8.count == 26
      && text.uppercased().unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "0"..."9", "A"..."H", "J"..."K", "M"..."N", "P"..."T", "V"..."Z": true
        default: false
        }
      }
  }
}
