/// What a command cannot do, and what to do instead.
enum CommandError: Error, CustomStringConvertible {
  /// A configuration file that cannot be read or parsed.
  case badConfigurationFile(path: String, reason: String)
  /// A source of frames that has none.
  case noFrames
  /// A frame below the least size that the network takes.
  case frameTooSmall(width: Int, height: Int)
  /// More embeddings than are kept in memory.
  case tooManyEmbeddings(frames: Int)
  /// A run in the foreground that did not end well.
  case runEnded(state: String, message: String)
  /// Runs wait in a state directory that a run in the foreground is to use.
  case runsWaiting(count: Int, state: String)
  /// A folder for results that holds something already.
  case folderNotEmpty(String)
  /// An identity that no run has.
  case noSuchRun(id: String, known: [String])

  var description: String {
    switch self {
    case .badConfigurationFile(let path, let reason):
      "cannot use the configuration file \(path): \(reason)"
    case .noFrames: "there is no frame to embed"
    case .frameTooSmall(let width, let height):
      "a frame of \(width)x\(height) pixels is too small: the network takes at least 4x4; give --size"
    case .tooManyEmbeddings(let frames):
      "the embeddings of more than \(frames) frames take over 4 GiB: give --frames, a lower --rate, or a smaller --size"
    case .runEnded(let state, let message): "the run is \(state): \(message)"
    case .runsWaiting(let count, let state):
      "\(count) run(s) wait in \(state): let `corrflowd serve` carry them out, or give another --state"
    case .folderNotEmpty(let path): "\(path) is not empty: give --out a new folder; nothing is overwritten"
    case .noSuchRun(let id, let known):
      "there is no run '\(id)' here; "
        + (known.isEmpty ? "none can be resumed" : "these can be resumed: \(known.joined(separator: ", "))")
    }
  }
}
