import Media
import Numerics
import Primitives

/// Scores masks in files as the official DAVIS-2017 toolkit does in its semi-supervised task.
///
///     let scorer = DAVISScorer(dataset: try DAVISDataset(root: "DAVIS"), set: "val", results: "results/mine")
///     let report = try scorer.score(pool: ThreadPool())
///     print(report.global.mean)
///
/// Masks of every sequence are read and compared frame by frame; no frame is kept. Nothing is scored unless everything can
/// be, and nothing that was computed earlier is read.
public struct DAVISScorer: Sendable {
  /// The ground truth.
  public var dataset: DAVISDataset
  /// The set: "val", ...
  public var set: String
  /// The folder that holds a folder of masks for each sequence.
  public var results: String
  /// How decays are computed.
  public var decay: DecayRule

  /// - Parameters: as the properties say.
  public init(dataset: DAVISDataset, set: String, results: String, decay: DecayRule = .official) {
    self.dataset = dataset
    self.set = set
    self.results = results
    self.decay = decay
  }

  /// Reads and scores everything.
  ///
  /// - Parameters:
  ///   - pool: does the work.
  ///   - progress: gets the frames done and all frames, from any thread, one call at a time.
  /// - Throws: `noSuchSet`, `badList`, `noResults`, `cannotRead`; and `unusable` with everything that is wrong in ground
  ///   truth and results.
  public func score(
    pool: ThreadPool, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(DAVISError) -> DAVISReport {
    let list = try dataset.set(set)
    guard let folders = try FolderNames.list(results) else { throw .noResults(path: results) }
    var inventories: [ResultsInventory] = []
    for sequence in list.sequences {
      inventories.append(try ResultsInventory(sequence, results: results, folders: folders))
    }
    let firsts = pool.map(inventories.map(\.firstMaskPath)) { FirstMask(path: $0) }
    let outcomes = outcomes(inventories, firsts, pool, progress)
    var problems = list.missing.map { DAVISProblem.noTruth(sequence: $0.name, reason: $0.reason) }
    for index in inventories.indices {
      problems += inventories[index].problems + firsts[index].problems
      problems += outcomes[index].flatMap(\.problems)
    }
    guard problems.isEmpty else { throw .unusable(problems) }
    return report(inventories, firsts, outcomes)
  }

  /// Of each sequence, what came of its frames.
  private func outcomes(
    _ inventories: [ResultsInventory], _ firsts: [FirstMask], _ pool: ThreadPool,
    _ progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) -> [[FrameOutcome]] {
    let tasks = zip(inventories, firsts).flatMap { inventory, first in
      inventory.frames.map { (frame: $0, first: first) }
    }
    let done = Lock(0)
    var outcomes = pool.map(tasks) { task in
      let outcome = FrameOutcome(task.frame, task.first)
      done.withLock {
        $0 += 1
        progress($0, tasks.count)
      }
      return outcome
    }[...]
    return inventories.map { inventory in
      defer { outcomes = outcomes.dropFirst(inventory.frames.count) }
      return Array(outcomes.prefix(inventory.frames.count))
    }
  }

  private func report(
    _ inventories: [ResultsInventory], _ firsts: [FirstMask], _ outcomes: [[FrameOutcome]]
  ) -> DAVISReport {
    let sequences = inventories.indices.map { index in
      SequenceScores(
        name: inventories[index].sequence.name, objectCount: firsts[index].objectCount,
        frames: zip(inventories[index].frames, outcomes[index]).compactMap { frame, outcome in
          frame.isEvaluated ? outcome.scores.map { (frame.name, $0) } : nil
        }, decay: decay)
    }
    let all = outcomes.flatMap { $0 }.map(\.scores)
    let frames = all.compactMap { $0 }
    let preliminary = PreliminaryScore(frames)
    return DAVISReport(
      set: set, decay: decay, sequences: sequences,
      preliminary: frames.count == all.count && preliminary.frameCount > 0 ? preliminary : nil,
      notes: notes(inventories, firsts, outcomes) + decayNotes(sequences))
  }

  private func notes(
    _ inventories: [ResultsInventory], _ firsts: [FirstMask], _ outcomes: [[FrameOutcome]]
  ) -> [String] {
    var notes: [String] = []
    for index in inventories.indices {
      let (inventory, name) = (inventories[index], inventories[index].sequence.name)
      if let first = inventory.extraFiles.first {
        let others = inventory.extraFiles.count > 1 ? " and \(inventory.extraFiles.count - 1) more" : ""
        notes.append("\(name): not read, as no frame of the ground truth has this name: \(first)\(others)")
      }
      if firsts[index].objectCount == 0 { notes.append("\(name): its first mask has no object, so it has no scores") }
      if let note = outcomes[index].compactMap(\.note).first {
        notes.append("\(name): no preliminary number, which counts the last frame too: \(note)")
      }
    }
    return notes
  }

  private func decayNotes(_ sequences: [SequenceScores]) -> [String] {
    sequences.filter { $0.objects.contains { $0.region.decay.isNaN } }.map {
      "\($0.name): its decay is not a number: beyond 256 frames the official rule wraps around, the fixed one does not"
    }
  }
}
