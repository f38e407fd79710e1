import Evaluation
import Primitives
import Propagation
import RunStore
import Training

/// The parameters of jobs, as a form needs them; `JobPlan` reads what comes of it.
enum AnalysisForm {
  /// `tasks` with their fields, and the constants of all presets.
  static func settings(of kind: JobKind) throws -> JSONValue {
    let tasks = JobTask.tasks(of: kind).map { ($0.rawValue, ["fields": .array(fields(of: $0))] as JSONValue) }
    let presets = try PropagationPreset.allCases.map { ($0.rawValue, try SettingsChoice($0).json) }
    return [
      "tasks": .object(Dictionary(uniqueKeysWithValues: tasks)),
      "presets": kind == .visualisation ? [:] : .object(Dictionary(uniqueKeysWithValues: presets)),
    ]
  }

  private static func fields(of task: JobTask) -> [JSONValue] {
    let own: [JSONValue] =
      switch task {
      case .davis2017:
        [field("set", "word", "Set of DAVIS: the name of a list in ImageSets/2017", default: "val")]
          + protocolFields(.corrflowFixed)
      case .jhmdb:
        [
          field(
            "split", "choice", "The test part of an official split, or of all", default: "1",
            words: (1...9).map(String.init) + ["all"])
        ] + protocolFields(.jhmdbTC)
      case .propagation: protocolFields(.corrflowFixed) + keypointFields + videoFields
      case .pca: pictureFields
      case .match: matchFields + pictureFields
      }
    let statistics = words(of: TrainedWeights.Statistics.self)
    return own + [
      field("statistics", "choice", "Statistics of batch normalisation", default: "clean", words: statistics)
    ]
  }

  private static func protocolFields(_ preset: PropagationPreset) -> [JSONValue] {
    [
      presetField("preset", "How labels are carried", preset),
      field("constants", "object", "Constants that differ from the preset's", default: [:]),
      field("overlays", "boolean", "Draw overlay videos and contact sheets", default: true),
    ]
  }

  private static let keypointFields: [JSONValue] = [
    presetField("keypoint_preset", "How keypoints are carried", .jhmdbTC),
    field("keypoint_constants", "object", "Constants that differ from the keypoint preset's", default: [:]),
  ]

  private static let videoFields: [JSONValue] = [
    field("frame_rate", "number", "Frames a second of a video; null for all", range: (.null, 1000), isNullable: true),
    field("frames", "integer", "Frames at most; null for all", range: (1, 1_000_000), isNullable: true),
  ]

  private static let pictureFields: [JSONValue] =
    [field("size", "pair", "Width and height at which frames are encoded", range: (4, 8192), isNullable: true)]
    + videoFields

  private static let matchFields: [JSONValue] = [
    field("pixel", "pair", "Column and row of the pixel that is looked for; required", range: (0, .null)),
    field("frame", "integer", "The pixel's frame, 0 for the first", default: 0, range: (0, 1_000_000)),
    field("temperature", "number", "What scores are divided by; above 0", default: 1, range: (0, .null)),
    field(
      "radius", "integer", "Cells around the last match that are searched; null for all", range: (1, 4096),
      isNullable: true),
  ]

  private static func presetField(_ name: String, _ text: String, _ preset: PropagationPreset) -> JSONValue {
    field(name, "choice", text, default: .string(preset.rawValue), words: words(of: PropagationPreset.self))
  }

  private static func words<Word: RawRepresentable<String> & CaseIterable>(of type: Word.Type) -> [String] {
    type.allCases.map(\.rawValue)
  }

  private static func field(
    _ key: String, _ type: String, _ description: String, default value: JSONValue = .null, words: [String] = [],
    range: (JSONValue, JSONValue) = (.null, .null), isNullable: Bool = false
  ) -> JSONValue {
    [
      "key": .string(key), "group": "parameters", "type": .string(type), "description": .string(description),
      "default": value, "minimum": range.0, "maximum": range.1, "multiple_of": .null,
      "enum": words.isEmpty ? .null : .array(words.map { .string($0) }), "nullable": .bool(isNullable),
    ]
  }
}
