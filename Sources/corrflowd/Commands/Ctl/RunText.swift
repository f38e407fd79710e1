import ControlClient
import Primitives

/// Runs, as people read them.
enum RunText {
  /// Whether a run in this state does nothing any more unless told to.
  static func hasEnded(_ state: String) -> Bool {
    ["stopped", "killed", "completed", "failed", "interrupted", "paused"].contains(state)
  }

  /// Runs, a line each.
  static func table(_ runs: [JSONValue]) -> String {
    var table = TextTable([
      .init(title: "ID"), .init(title: "NAME", width: 32), .init(title: "STATE"), .init(title: "STEP", isNumeric: true),
      .init(title: "LOSS", isNumeric: true), .init(title: "ETA", isNumeric: true), .init(title: "CREATED (UTC)"),
    ])
    for run in runs {
      let progress = run["progress"]
      table.add([
        run["id"]?.text ?? "", run["name"]?.text ?? "", run["state"]?.text ?? "", steps(run),
        TerminalText.number(run["last_metrics"]?["loss"]?.double), duration(progress?["eta_seconds"]),
        TerminalText.time(run["created_at"]?.text),
      ])
    }
    return table.text
  }

  /// `120/1000`.
  static func steps(_ run: JSONValue) -> String {
    let progress = run["progress"]
    return "\(progress?["step"]?.integer ?? 0)/\(progress?["total_steps"]?.integer ?? 0)"
  }

  /// One run, a line for each thing that is known of it.
  static func page(_ run: JSONValue) -> String {
    let progress = run["progress"]
    var pairs = [
      ("run", run["id"]?.text ?? ""), ("name", run["name"]?.text ?? ""), ("state", state(run)), ("step", steps(run)),
      ("epoch", TerminalText.number(progress?["epoch"]?.double)),
      ("clips/s", TerminalText.number(progress?["items_per_second"]?.double)),
      ("time left", duration(progress?["eta_seconds"])), ("attempt", "\(run["attempt"]?.integer ?? 0)"),
      ("seed", "\(run["seed"]?.integer ?? 0)"), ("dataset", run["dataset_id"]?.text ?? "-"),
      ("created", TerminalText.time(run["created_at"]?.text)), ("started", TerminalText.time(run["started_at"]?.text)),
      ("ended", TerminalText.time(run["ended_at"]?.text)),
    ]
    let labels = run["labels"]?.members ?? [:]
    if !labels.isEmpty {
      pairs.append(
        ("labels", labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text ?? "")" }.joined(separator: " ")))
    }
    if let checkpoint = run["last_checkpoint"], let id = checkpoint["id"]?.text {
      let size = TerminalText.bytes(checkpoint["bytes"]?.integer ?? 0)
      pairs.append(("checkpoint", "\(id), step \(checkpoint["step"]?.integer ?? 0), \(size)"))
    }
    for evaluation in run["evaluations"]?.elements ?? [] { pairs.append(("evaluation", JobText.brief(evaluation))) }
    let actions = run["allowed_actions"]?.elements.compactMap(\.text) ?? []
    pairs.append(("possible", actions.isEmpty ? "-" : actions.joined(separator: ", ")))
    return TextTable.pairs(pairs) + section("last metrics", run["last_metrics"], JobText.named)
      + section("settings", run["config"]) { JobText.exact($1) }
  }

  /// What a run that is only tried out would be.
  static func estimate(_ reply: JSONValue) -> String {
    let numbers = reply.members.filter { name, value in name != "config" && value.double != nil || value.text != nil }
    let pairs = numbers.sorted { $0.key < $1.key }.map {
      ($0.key.replacing("_", with: " "), JobText.named($0.key, $0.value))
    }
    return TextTable.pairs(pairs) + section("estimate", reply["estimate"], JobText.named)
      + section("settings", reply["config"]) { JobText.exact($1) }
  }

  /// The line that follows a run.
  static func progressLine(_ run: JSONValue) -> String {
    let progress = run["progress"]
    return ProgressLine.text(
      step: progress?["step"]?.integer ?? 0, totalSteps: progress?["total_steps"]?.integer ?? 0,
      loss: run["last_metrics"]?["loss"]?.double, clipsPerSecond: progress?["items_per_second"]?.double,
      etaSeconds: progress?["eta_seconds"]?.double)
  }

  /// The state, and why a run failed.
  static func state(_ run: JSONValue) -> String {
    let state = run["state"]?.text ?? "?"
    guard let exit = run["exit"], let reason = exit["reason"]?.text else { return state }
    return "\(state) (\(reason)): \(exit["message"]?.text ?? "")"
  }

  private static func duration(_ value: JSONValue?) -> String {
    value?.double.map(ProgressLine.duration) ?? "-"
  }

  private static func section(_ title: String, _ value: JSONValue?, _ text: (String, JSONValue) -> String) -> String {
    let members = value?.members.sorted { $0.key < $1.key } ?? []
    guard !members.isEmpty else { return "" }
    let pairs = members.map { ("  " + TerminalText.printable($0.key), text($0.key, $0.value)) }
    return "\n\n\(title)\n" + TextTable.pairs(pairs)
  }
}
