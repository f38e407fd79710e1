import Evaluation
import Primitives
import Propagation
import Testing

@Suite("Presets with constants changed")
struct SettingsChoiceTests {
  @Test("A preset as it is is plain and has its name", arguments: PropagationPreset.allCases)
  func plain(preset: PropagationPreset) throws {
    let choice = SettingsChoice(preset)
    #expect(choice.isPlain)
    #expect(choice.name == preset.rawValue)
    #expect(choice.settings == preset.settings)
    #expect(try SettingsChoice(preset, changes: [:]) == choice)
  }

  @Test("Constants are changed by name")
  func changes() throws {
    let choice = try SettingsChoice(
      .corrflowFixed,
      changes: [
        "context_frames": 7, "keeps_first_frame": true, "top_k": 5, "temperature": 0.5, "labels": "soft",
        "input_size": "320x256", "mask_sampling": "average",
      ])
    var expected = PropagationPreset.corrflowFixed.settings
    expected.contextFrames = 7
    expected.keepsFirstFrame = true
    expected.topK = 5
    expected.temperature = 0.5
    expected.labels = .soft
    expected.inputSize = .exactly(width: 320, height: 256)
    expected.maskSampling = .average
    #expect(choice.settings == expected)
    #expect(!choice.isPlain)
    #expect(choice.name == "corrflow-fixed (changed)")
    #expect(choice.preset == .corrflowFixed)
  }

  @Test("A change to the value that a constant has already leaves the preset plain")
  func noChange() throws {
    #expect(try SettingsChoice(.crw, changes: ["top_k": 10, "temperature": 0.05]).isPlain)
  }

  @Test("null turns radius and top_k off")
  func off() throws {
    let choice = try SettingsChoice(.crw, changes: ["radius": .null, "top_k": .null, "neighbourhood": "square"])
    #expect(choice.settings.radius == nil)
    #expect(choice.settings.topK == nil)
  }

  @Test("A constant that there is not is refused, and those that there are are named")
  func unknown() throws {
    let text = message { _ = try SettingsChoice(.crw, changes: ["topk": 3]) }
    #expect(text?.hasPrefix("topk: no such constant; there are context_frames, first_frame_is_global, ") == true)
    #expect(text?.contains(", top_k") == true)
  }

  @Test(
    "A value of another type is refused, and an example given",
    arguments: [
      ("context_frames", JSONValue.string("many"), #"context_frames: "many" does not fit; something like 20 would"#),
      ("context_frames", 1.5, "context_frames: 1.5 does not fit; something like 20 would"),
      ("context_frames", .null, "context_frames: null does not fit; something like 20 would"),
      ("keeps_first_frame", 1, "keeps_first_frame: 1 does not fit; something like true would"),
      ("labels", "fuzzy", #"labels: "fuzzy" does not fit; something like "soft" would"#),
      ("input_size", "big", #"input_size: "big" does not fit; something like "native" would"#),
      ("temperature", .number(.nan), "temperature: nan does not fit; something like 0.05 would"),
      ("temperature", .number(.infinity), "temperature: inf does not fit; something like 0.05 would"),
    ])
  func wrongType(name: String, value: JSONValue, text: String) {
    #expect(message { _ = try SettingsChoice(.crw, changes: [name: value]) } == text)
  }

  @Test("A constant that is off wants a number")
  func wrongTypeOfOptional() {
    #expect(
      message { _ = try SettingsChoice(.corrflowFixed, changes: ["top_k": "all"]) }
        == #"top_k: "all" does not fit; a number would"#)
  }

  @Test("Values that do not go together are refused with all that is wrong")
  func contradiction() {
    let text = message { _ = try SettingsChoice(.corrflowFixed, changes: ["context_frames": 0, "temperature": 0]) }
    #expect(text?.hasPrefix("propagation settings: ") == true)
    #expect(text?.contains("temperature is 0.0") == true)
    #expect(text?.contains("labels would come from nowhere") == true)
  }

  @Test(
    "The JSON names every constant, null where one is off, and is read again", arguments: PropagationPreset.allCases)
  func json(preset: PropagationPreset) throws {
    let choice = SettingsChoice(preset)
    guard case .object(let members) = try choice.json else { throw Unexpected() }
    #expect(
      members.keys.sorted() == [
        "context_frames", "first_frame_is_global", "first_frame_repetition", "frame_fitting", "highest_object_id",
        "input_size", "keeps_first_frame", "labels", "mask_sampling", "method", "neighbourhood", "normalises_channels",
        "normalises_embeddings", "predicts_first_frame", "radius", "softmax", "staying_frames", "temperature", "top_k",
      ])
    if preset == .jhmdbTC { #expect(members["radius"] == .null) }
    // On top of any other preset, for the changes name everything.
    #expect(try SettingsChoice(preset == .crw ? .corrflow : .crw, changes: members).settings == choice.settings)
  }

  @Test("Joints need a square input of whole cells; copied ones none")
  func joints() throws {
    #expect(try SettingsChoice(.jhmdbTC).sideForJoints() == 320)
    #expect(try SettingsChoice(.crw, changes: ["input_size": "64x64"]).sideForJoints() == 64)
    _ = try SettingsChoice(.identity).sideForJoints()
    for size: JSONValue in ["native", "480", "320x256", "66x66"] {
      #expect(
        message { try SettingsChoice(.crw, changes: ["input_size": size]).sideForJoints() }?
          .contains("joints need a square input of whole cells of 4 pixels: take preset jhmdb-tc") == true)
    }
  }

  private struct Unexpected: Error {}
}
