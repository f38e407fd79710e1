/// One thing that keeps results from being scored.
public enum DAVISProblem: Sendable, Hashable, CustomStringConvertible {
  /// The ground truth of a sequence of the list is not here.
  case noTruth(sequence: String, reason: String)
  /// A frame has a picture and no ground truth.
  case noTrueMask(sequence: String, frame: String, expected: String)
  /// First and last frame are not scored; there must be one between them.
  case tooFewFrames(sequence: String, count: Int)
  /// The results have no folder for a sequence.
  case noResultFolder(sequence: String, expected: String, similar: String?)
  /// The results have no mask for a frame. `similar`: a file that may have been meant.
  case noResultMask(sequence: String, frame: String, expected: String, similar: String?)
  /// A file that is not readable as an indexed PNG; `reason` says why and what to do.
  case unreadable(path: String, reason: String)
  /// A mask of another size than the first mask of its sequence.
  case wrongSize(path: String, width: Int, height: Int, expectedWidth: Int, expectedHeight: Int)
  /// A result with an id that no object of the sequence has.
  case unknownID(path: String, id: Int, objectCount: Int)

  /// What is wrong, and what was expected.
  public var description: String {
    switch self {
    case .noTruth(let sequence, let reason): "\(sequence): no ground truth: \(reason)"
    case .noTrueMask(_, _, let expected): "\(expected): no such file, though the frame has a picture"
    case .tooFewFrames(let sequence, let count):
      "\(sequence): the ground truth has \(count) frames; at least 3 are expected, as the first and the last are not scored"
    case .noResultFolder(_, let expected, let similar):
      "\(expected): no such folder" + (similar.map { "; did you mean \($0)?" } ?? "")
    case .noResultMask(_, _, let expected, let similar):
      "\(expected): no such file" + (similar.map { "; there is \($0), to be named as the ground truth is" } ?? "")
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .wrongSize(let path, let width, let height, let expectedWidth, let expectedHeight):
      "\(path): it is \(width)x\(height); expected \(expectedWidth)x\(expectedHeight), the size of the sequence's first mask"
    case .unknownID(let path, let id, let objectCount):
      "\(path): it has the object id \(id); expected 0 to \(objectCount), the ids of the sequence's first mask"
        + (id == 255 ? " (255 means void in the ground truth only)" : "")
    }
  }

  /// Says all problems, one a line; masks of a sequence that are missing one after another take one line together.
  static func report(_ problems: [DAVISProblem]) -> String {
    var lines: [String] = []
    var missing: [DAVISProblem] = []
    func flush() {
      if let first = missing.first, let last = missing.last, missing.count > 2 {
        lines.append("\(first.expectedPath) to \(last.frameName).png: no such files, \(missing.count) masks in a row")
      } else {
        lines += missing.map(\.description)
      }
      missing = []
    }
    for problem in problems {
      let continues = missing.last.map { $0.sequenceName == problem.sequenceName } ?? true
      if problem.isPlainlyMissing {
        if !continues { flush() }
        missing.append(problem)
      } else {
        flush()
        lines.append(problem.description)
      }
    }
    flush()
    let count = problems.count == 1 ? "is 1 problem" : "are \(problems.count) problems"
    return "nothing was scored, as there \(count):\n" + lines.map { "  \($0)" }.joined(separator: "\n")
  }

  /// A mask that is missing, with nothing more to say about it.
  private var isPlainlyMissing: Bool {
    if case .noResultMask(_, _, _, nil) = self { true } else { false }
  }

  private var sequenceName: String? {
    if case .noResultMask(let sequence, _, _, _) = self { sequence } else { nil }
  }

  private var frameName: String {
    if case .noResultMask(_, let frame, _, _) = self { frame } else { "" }
  }

  private var expectedPath: String {
    if case .noResultMask(_, _, let expected, _) = self { expected } else { "" }
  }
}
