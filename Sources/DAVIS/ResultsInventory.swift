/// What there is of a sequence's results, by the names of files alone.
struct ResultsInventory {
  /// A frame to be scored: all but the first of a sequence.
  struct Frame: Sendable {
    var name: String
    var truthPath: String?
    var resultPath: String?
    /// False for the last frame, which only the preliminary number takes.
    var isEvaluated: Bool
  }

  var sequence: DAVISSequence
  var firstMaskPath: String
  var frames: [Frame]
  var problems: [DAVISProblem] = []
  /// Files in the results that no frame of the ground truth is named after.
  var extraFiles: [String] = []

  /// - Parameters:
  ///   - sequence: the ground truth; its first frame has a mask.
  ///   - results: the folder of all results.
  ///   - folders: its names.
  init(_ sequence: DAVISSequence, results: String, folders: [String]) throws(DAVISError) {
    self.sequence = sequence
    let folder = "\(results)/\(sequence.name)"
    let files = try FolderNames.list(folder)
    firstMaskPath = sequence.frames.first?.maskPath ?? ""
    let last = sequence.frames.count - 1
    frames = sequence.frames.enumerated().dropFirst().map { index, frame in
      let file = "\(frame.name).png"
      let isThere = files?.contains(file) ?? false
      return Frame(
        name: frame.name, truthPath: frame.maskPath, resultPath: isThere ? "\(folder)/\(file)" : nil,
        isEvaluated: index < last)
    }
    if sequence.frames.count < 3 {
      problems.append(.tooFewFrames(sequence: sequence.name, count: sequence.frames.count))
    }
    guard let files else {
      let similar = folders.first { Self.isSimilar($0, sequence.name) }
      problems.append(.noResultFolder(sequence: sequence.name, expected: folder, similar: similar))
      addTruthProblems()
      return
    }
    let known = Set(sequence.frames.map { "\($0.name).png" })
    extraFiles = files.filter { !known.contains($0) }
    addTruthProblems()
    addMissing(folder)
  }

  private mutating func addTruthProblems() {
    for (frame, path) in zip(sequence.frames, sequence.frames.map(\.maskPath)) where path == nil {
      let folder = firstMaskPath.prefix(upTo: firstMaskPath.lastIndex(of: "/") ?? firstMaskPath.endIndex)
      problems.append(
        .noTrueMask(sequence: sequence.name, frame: frame.name, expected: "\(folder)/\(frame.name).png"))
    }
  }

  private mutating func addMissing(_ folder: String) {
    for frame in frames where frame.isEvaluated && frame.resultPath == nil {
      let similar = extraFiles.first { Self.isSimilar(FolderNames.stem($0), frame.name) }
      problems.append(
        .noResultMask(
          sequence: sequence.name, frame: frame.name, expected: "\(folder)/\(frame.name).png", similar: similar))
    }
  }

  /// Whether two names may mean the same: equal but for the case of letters, or numbers that end alike.
  static func isSimilar(_ one: String, _ other: String) -> Bool {
    if one.lowercased() == other.lowercased() { return true }
    guard let first = lastNumber(one), let second = lastNumber(other) else { return false }
    return first == second && other.allSatisfy(\.isNumber)
  }

  private static func lastNumber(_ name: String) -> Int? {
    Int(String(name.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()))
  }
}
