import Evaluation
import Primitives
import Propagation
import Rendering
import RunStore
import Supervision
import Training

/// The parameters of a job, read and complete.
struct JobPlan {
  /// Protocol for masks, or of a benchmark.
  var choice = SettingsChoice(.corrflowFixed)
  /// Protocol for keypoints of a propagation.
  var keypointChoice = SettingsChoice(.jhmdbTC)
  /// Statistics of batch normalisation.
  var statistics = TrainedWeights.Statistics.clean
  /// Whether overlays are drawn.
  var overlays = true
  /// Set of DAVIS.
  var set = "val"
  /// Split of JHMDB: "1" to "9" or "all".
  var split = "1"
  /// Frames a second of a video; nil for all.
  var frameRate: Double?
  /// Frames at most; nil for all.
  var frames: Int?
  /// The size at which frames are encoded for pictures; nil for theirs.
  var size: (width: Int, height: Int)?
  /// What is looked for.
  var query = MatchVisualisation.Query(x: 0, y: 0)

  /// Reads the parameters of a job.
  ///
  /// - Throws: `ConfigurationIssues`.
  init(_ request: JobRequest) throws {
    var reader = ParameterReader(request.parameters)
    statistics = reader.choice("statistics", default: .clean)
    switch request.task {
    case .davis2017:
      choice = Self.choice(&reader, "preset", "constants", default: .corrflowFixed)
      set = reader.text("set", default: set)
      overlays = reader.flag("overlays", default: true)
      if set.contains("/") { reader.fault("set", "must be the name of a list in ImageSets/2017") }
    case .jhmdb:
      choice = Self.choice(&reader, "preset", "constants", default: .jhmdbTC)
      split = reader.text("split", default: split)
      overlays = reader.flag("overlays", default: true)
      Self.checkJoints(choice, &reader, "preset")
      if split != "all", !(1...9).contains(Int(split) ?? 0) {
        reader.fault("split", "must be \"1\" to \"9\" or \"all\"")
      }
    case .propagation:
      choice = Self.choice(&reader, "preset", "constants", default: .corrflowFixed)
      keypointChoice = Self.choice(&reader, "keypoint_preset", "keypoint_constants", default: .jhmdbTC)
      overlays = reader.flag("overlays", default: true)
      readVideo(&reader)
      if request.keypoints != nil { Self.checkJoints(keypointChoice, &reader, "keypoint_preset") }
    case .pca: readPictures(&reader)
    case .match:
      readPictures(&reader)
      readQuery(&reader)
    }
    if request.weights == nil { checkWeights(request, &reader) }
    try reader.finish()
  }

  /// All parameters, as `init` takes them again.
  func json(of task: JobTask) throws -> JSONValue {
    var members: [String: JSONValue] = ["statistics": .string(statistics.rawValue)]
    switch task {
    case .davis2017:
      members["set"] = .string(set)
    case .jhmdb:
      members["split"] = .string(split)
    case .propagation:
      members["keypoint_preset"] = .string(keypointChoice.preset.rawValue)
      members["keypoint_constants"] = try keypointChoice.json
    case .pca: break
    case .match:
      members["pixel"] = [.integer(Int64(query.x)), .integer(Int64(query.y))]
      members["frame"] = .integer(Int64(query.frame))
      members["temperature"] = .number(query.temperature)
      members["radius"] = query.radius.map { .integer(Int64($0)) } ?? .null
    }
    if task.kind != .visualisation {
      members["preset"] = .string(choice.preset.rawValue)
      members["constants"] = try choice.json
      members["overlays"] = .bool(overlays)
    } else {
      members["size"] = size.map { [.integer(Int64($0.width)), .integer(Int64($0.height))] } ?? .null
    }
    if task.kind != .evaluation {
      members["frame_rate"] = frameRate.map { .number($0) } ?? .null
      members["frames"] = frames.map { .integer(Int64($0)) } ?? .null
    }
    return .object(members)
  }

  /// Notes what needs a network, where there is none.
  private func checkWeights(_ request: JobRequest, _ reader: inout ParameterReader) {
    guard request.task.kind != .visualisation else {
      return reader.fault(at: "/checkpoint", "is required: give checkpoint_id or checkpoint")
    }
    let reason = "needs a network: give checkpoint_id or checkpoint, or preset identity"
    if request.task != .propagation || !request.masks.isEmpty, choice.settings.method == .attention {
      reader.fault("preset", reason)
    }
    if request.task == .propagation, request.keypoints != nil, keypointChoice.settings.method == .attention {
      reader.fault("keypoint_preset", reason)
    }
  }

  private static func checkJoints(_ choice: SettingsChoice, _ reader: inout ParameterReader, _ name: String) {
    do {
      try choice.sideForJoints()
    } catch {
      reader.fault(name, "\(error)")
    }
  }

  private static func choice(
    _ reader: inout ParameterReader, _ preset: String, _ constants: String, default value: PropagationPreset
  ) -> SettingsChoice {
    let preset = reader.choice(preset, default: value)
    let changes = reader.object(constants)
    do {
      return try SettingsChoice(preset, changes: changes)
    } catch {
      reader.fault(constants, "\(error)")
      return SettingsChoice(preset)
    }
  }

  private mutating func readVideo(_ reader: inout ParameterReader) {
    frameRate = reader.positive("frame_rate", atMost: 1000)
    frames = reader.integer("frames", in: 1...1_000_000)
  }

  private mutating func readPictures(_ reader: inout ParameterReader) {
    readVideo(&reader)
    guard let pair = reader.pair("size") else { return }
    size = pair
    if !(4...8192).contains(pair.0) || !(4...8192).contains(pair.1) {
      reader.fault("size", "each side is 4 to 8192 pixels")
    }
  }

  private mutating func readQuery(_ reader: inout ParameterReader) {
    let pixel = reader.pair("pixel", isRequired: true) ?? (0, 0)
    query = MatchVisualisation.Query(
      x: pixel.0, y: pixel.1, frame: reader.integer("frame", in: 0...1_000_000) ?? 0,
      temperature: reader.positive("temperature") ?? 1, radius: reader.integer("radius", in: 1...4096))
  }
}
