/// A named set of propagation settings, as one publication or program uses them.
public enum PropagationPreset: String, Codable, Hashable, Sendable, CaseIterable {
  /// The release of CorrFlow with its defects: comparable with the paper, and with nothing else.
  ///
  /// Source: zlai0/CorrFlow, `benchmark.py` and `models/`: previous frame, 13x13 window, hard labels, numbers averaged,
  /// sixteen classes, results shifted by three pixels.
  case corrflow
  /// The same protocol without the defects: each object averaged by itself, no shift, any number of objects.
  case corrflowFixed = "corrflow-fixed"
  /// Contrastive random walk, the protocol of most later papers.
  ///
  /// Source: ajabri/videowalk, `test.py`: first frame and 20 context frames, the best 10 cells of all, temperature 0.05,
  /// circle of 12 cells of 8 pixels, which are 24 cells of 4; the first frame is seen whole.
  case crw
  /// Keypoints on JHMDB as TimeCycle did it.
  ///
  /// Source: Liusifei/UVC, branch `jhmdb`: 320x320, first frame and seven before, the best 20 cells of each, mean over eight.
  case jhmdbTC = "jhmdb-tc"
  /// The first labels stay where they are: the floor that every table should show.
  case identity

  /// All constants.
  public var settings: PropagationSettings {
    switch self {
    case .corrflow: Self.release
    case .corrflowFixed: PropagationSettings()
    case .crw: Self.randomWalk
    case .jhmdbTC: Self.timeCycle
    case .identity: Self.copies
    }
  }

  private static var release: PropagationSettings {
    var settings = PropagationSettings()
    settings.maskSampling = .averagedNumbers
    settings.frameFitting = .release
    settings.highestObjectID = 15
    return settings
  }

  private static var randomWalk: PropagationSettings {
    var settings = PropagationSettings()
    settings.contextFrames = 20
    settings.keepsFirstFrame = true
    settings.firstFrameRepetition = .padded
    settings.firstFrameIsGlobal = true
    settings.radius = 24
    settings.neighbourhood = .circle
    settings.topK = 10
    settings.temperature = 0.05
    settings.normalisesEmbeddings = true
    settings.labels = .soft
    return settings
  }

  private static var timeCycle: PropagationSettings {
    var settings = PropagationSettings()
    settings.contextFrames = 7
    settings.keepsFirstFrame = true
    settings.firstFrameRepetition = .padded
    settings.firstFrameIsGlobal = true
    settings.predictsFirstFrame = true
    settings.radius = nil
    settings.topK = 20
    settings.softmax = .perReference
    settings.labels = .soft
    settings.normalisesChannels = true
    settings.inputSize = .exactly(width: 320, height: 320)
    return settings
  }

  private static var copies: PropagationSettings {
    var settings = PropagationSettings()
    settings.method = .identity
    settings.contextFrames = 0
    return settings
  }
}
