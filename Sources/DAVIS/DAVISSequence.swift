import Media

/// One frame of a sequence.
public struct DAVISFrame: Sendable, Hashable {
  /// The file name without extension: "00000".
  public var name: String
  /// The picture, or nil where there is none.
  public var imagePath: String?
  /// The ground truth, or nil where there is none: test sets have it for the first frame only.
  public var maskPath: String?
}

/// One video of a data set.
public struct DAVISSequence: Sendable, Hashable {
  /// The name of its folders.
  public var name: String
  /// In the order of their names.
  public var frames: [DAVISFrame]

  /// Paths of the pictures, where every frame has one; nil otherwise.
  public var imagePaths: [String]? {
    let paths = frames.compactMap(\.imagePath)
    return paths.count == frames.count && !paths.isEmpty ? paths : nil
  }

  /// Reads the mask of the first frame, void included.
  ///
  /// - Throws: `MediaError`, also when there is none.
  public func firstMask() throws(MediaError) -> IndexedImage {
    guard let path = frames.first?.maskPath else { throw .notFound(path: "the first mask of \(name)") }
    return try IndexedPNG.read(path: path)
  }

  /// What keeps the sequence from being used at all, or nil.
  func missing(in dataset: DAVISDataset) -> String? {
    let masks = "\(dataset.maskFolder)/\(name)"
    guard let first = frames.first else { return "there is no file in \(masks)" }
    return first.maskPath == nil ? "there is no mask of its first frame: expected \(masks)/\(first.name).png" : nil
  }
}

/// The sequences that a list names.
public struct DAVISSet: Sendable, Hashable {
  /// A sequence that is in the list and cannot be used.
  public struct Missing: Sendable, Hashable {
    /// The sequence.
    public var name: String
    /// What is not there.
    public var reason: String
  }

  /// The set: "val", "train", ...
  public var name: String
  /// The sequences with at least the mask of the first frame, in the order of the list.
  public var sequences: [DAVISSequence]
  /// All others.
  public var missing: [Missing]
}
