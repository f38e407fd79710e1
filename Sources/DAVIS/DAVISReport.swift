/// The scores of one object of a sequence.
public struct ObjectScores: Sendable, Hashable {
  /// The object's id, from 1.
  public var id: Int
  /// `<sequence>_<id>`, as in the official table.
  public var name: String
  /// J of each evaluated frame.
  public var regionByFrame: [Double]
  /// F of each evaluated frame.
  public var contourByFrame: [Double]
  /// Statistics of J.
  public var region: ScoreStatistics
  /// Statistics of F.
  public var contour: ScoreStatistics
}

/// The scores of one sequence.
public struct SequenceScores: Sendable, Hashable {
  /// The sequence.
  public var name: String
  /// Names without extension of the evaluated frames: all but the first and the last.
  public var frames: [String]
  /// Its objects in the order of their ids; empty when the first mask has none.
  public var objects: [ObjectScores]

  /// - Parameters:
  ///   - name: the sequence.
  ///   - objectCount: its objects, as `DAVISMask.objectCount` counts them in the first mask.
  ///   - frames: names and scores of all frames but the first and the last, in order; each with at least `objectCount`
  ///     objects.
  ///   - decay: how decays are computed.
  /// - Precondition: there is at least one frame.
  public init(name: String, objectCount: Int, frames: [(name: String, scores: FrameScores)], decay: DecayRule) {
    self.name = name
    self.frames = frames.map(\.name)
    objects = (0..<objectCount).map { index in
      let regions = frames.map(\.scores.objects[index].region)
      let contours = frames.map(\.scores.objects[index].contour)
      return ObjectScores(
        id: index + 1, name: "\(name)_\(index + 1)", regionByFrame: regions, contourByFrame: contours,
        region: ScoreStatistics(regions, decay: decay), contour: ScoreStatistics(contours, decay: decay))
    }
  }
}

/// The seven numbers of the official table: plain means over all objects of all sequences.
public struct GlobalScores: Sendable, Hashable {
  /// Means of the objects' statistics of J.
  public var region: ScoreStatistics
  /// Means of the objects' statistics of F.
  public var contour: ScoreStatistics

  /// J&F: the mean of mean J and mean F.
  public var mean: Double { (region.mean + contour.mean) / 2 }

  /// Each object weighs the same, however long its sequence is.
  public init(_ objects: [ObjectScores]) {
    region = Self.means(objects.map(\.region))
    contour = Self.means(objects.map(\.contour))
  }

  private static func means(_ statistics: [ScoreStatistics]) -> ScoreStatistics {
    ScoreStatistics(
      mean: averaged(statistics.map(\.mean)), recall: averaged(statistics.map(\.recall)),
      decay: averaged(statistics.map(\.decay)))
  }

  /// Names of the official columns, with their values.
  public var columns: [(name: String, value: Double)] {
    [
      ("J&F-Mean", mean), ("J-Mean", region.mean), ("J-Recall", region.recall), ("J-Decay", region.decay),
      ("F-Mean", contour.mean), ("F-Recall", contour.recall), ("F-Decay", contour.decay),
    ]
  }
}

/// The scores of one set of sequences.
public struct DAVISReport: Sendable, Hashable {
  /// The set: "val", ...
  public var set: String
  /// How decays were computed.
  public var decay: DecayRule
  /// In the order of the set.
  public var sequences: [SequenceScores]
  /// CorrFlow's own number, or nil where it cannot be had: `notes` says why.
  public var preliminary: PreliminaryScore?
  /// What was found on the way and changes no number: files that are not part of the set, ...
  public var notes: [String]

  /// - Parameters: as the properties say.
  public init(
    set: String, decay: DecayRule, sequences: [SequenceScores], preliminary: PreliminaryScore? = nil,
    notes: [String] = []
  ) {
    self.set = set
    self.decay = decay
    self.sequences = sequences
    self.preliminary = preliminary
    self.notes = notes
  }

  /// All objects, sequence by sequence.
  public var objects: [ObjectScores] { sequences.flatMap(\.objects) }

  /// The seven numbers.
  public var global: GlobalScores { GlobalScores(objects) }
}
