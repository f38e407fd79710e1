import Media

/// The first ground-truth mask of a sequence: it says how many objects there are, and of which size all masks must be.
struct FirstMask: Sendable {
  var width = 0
  var height = 0
  var objectCount = 0
  var problems: [DAVISProblem] = []

  /// Whether its size and objects are known.
  var isUsable: Bool { problems.isEmpty }

  init(path: String) {
    do {
      let mask = try IndexedPNG.read(path: path)
      (width, height) = (mask.width, mask.height)
      objectCount = DAVISMask.objectCount(mask)
    } catch {
      problems = [.unreadable(path: path, reason: error.problem)]
    }
  }
}

/// What came of one frame: scores, or problems.
struct FrameOutcome: Sendable {
  /// Nil when a mask could not be used.
  private(set) var scores: FrameScores?
  private(set) var problems: [DAVISProblem] = []
  /// Why a frame that the official scores do not need has no scores.
  private(set) var note: String?

  /// Reads and compares the masks of a frame. Missing files are known already and no problems here.
  init(_ frame: ResultsInventory.Frame, _ first: FirstMask) {
    var resultProblems: [DAVISProblem] = []
    let truth = Self.mask(frame.truthPath, first, &problems)
    let result = Self.mask(frame.resultPath, first, &resultProblems)
    let runs = result.map { MaskRuns($0) }
    if frame.isEvaluated, first.isUsable, let path = frame.resultPath, let runs, runs.highestID > first.objectCount {
      resultProblems.append(.unknownID(path: path, id: Int(runs.highestID), objectCount: first.objectCount))
    }
    if let truth, let runs, problems.isEmpty, resultProblems.isEmpty {
      scores = FrameScores(
        truth: MaskRuns(truth, ignoring: DAVISMask.void), result: runs, objectCount: first.objectCount)
    }
    if frame.isEvaluated {
      problems += resultProblems
    } else if scores == nil {
      note = resultProblems.first?.description ?? "there is no \(frame.name).png"
    }
  }

  private static func mask(
    _ path: String?, _ first: FirstMask, _ problems: inout [DAVISProblem]
  ) -> IndexedImage? {
    guard let path else { return nil }
    do {
      let mask = try IndexedPNG.read(path: path)
      guard first.isUsable, mask.width != first.width || mask.height != first.height else { return mask }
      problems.append(
        .wrongSize(
          path: path, width: mask.width, height: mask.height, expectedWidth: first.width,
          expectedHeight: first.height))
    } catch {
      problems.append(.unreadable(path: path, reason: error.problem))
    }
    return nil
  }
}
