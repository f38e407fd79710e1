import Foundation
import Propagation
import Testing

@Suite("Propagation settings")
struct SettingsTests {
  @Test("of every preset are valid, and survive JSON", arguments: PropagationPreset.allCases)
  func presets(preset: PropagationPreset) throws {
    try preset.settings.validate()
    let data = try JSONEncoder().encode(preset.settings)
    #expect(try JSONDecoder().decode(PropagationSettings.self, from: data) == preset.settings)
  }

  @Test("Presets have the names that commands use")
  func names() {
    let names = PropagationPreset.allCases.map(\.rawValue)
    #expect(names == ["corrflow", "corrflow-fixed", "crw", "jhmdb-tc", "identity"])
  }

  @Test("corrflow is the release: previous frame, 13x13, hard, numbers averaged, sixteen classes")
  func release() {
    let settings = PropagationPreset.corrflow.settings
    #expect(settings.contextFrames == 1 && !settings.keepsFirstFrame)
    #expect(settings.radius == 6 && settings.neighbourhood == .square)
    #expect(settings.topK == nil && settings.temperature == 1 && !settings.normalisesEmbeddings)
    #expect(settings.labels == .hard && settings.maskSampling == .averagedNumbers)
    #expect(settings.frameFitting == .release && settings.highestObjectID == 15)
    #expect(settings.inputSize == .native)
  }

  @Test("corrflow-fixed differs from the release in its defects only")
  func fixed() {
    var settings = PropagationPreset.corrflow.settings
    settings.maskSampling = .average
    settings.frameFitting = .padded
    settings.highestObjectID = 255
    #expect(settings == PropagationPreset.corrflowFixed.settings)
  }

  @Test("crw is the random walk's protocol on cells of 4 pixels")
  func walk() {
    let settings = PropagationPreset.crw.settings
    #expect(settings.contextFrames == 20 && settings.keepsFirstFrame && settings.firstFrameIsGlobal)
    #expect(settings.firstFrameRepetition == .padded && !settings.predictsFirstFrame)
    #expect(settings.radius == 24 && settings.neighbourhood == .circle)
    #expect(settings.topK == 10 && settings.softmax == .jointly && settings.temperature == 0.05)
    #expect(settings.normalisesEmbeddings && settings.labels == .soft && !settings.normalisesChannels)
    #expect(settings.maskSampling == .average)
  }

  @Test("jhmdb-tc is TimeCycle's protocol: eight references, the best 20 cells of each, maps brought to 0...1")
  func joints() {
    let settings = PropagationPreset.jhmdbTC.settings
    #expect(settings.contextFrames == 7 && settings.keepsFirstFrame && settings.firstFrameRepetition == .padded)
    #expect(settings.radius == nil && settings.topK == 20 && settings.softmax == .perReference)
    #expect(settings.temperature == 1 && !settings.normalisesEmbeddings)
    #expect(settings.labels == .soft && settings.normalisesChannels && settings.predictsFirstFrame)
    #expect(settings.inputSize == .exactly(width: 320, height: 320))
  }

  @Test("that are out of range are all named, with the range")
  func ranges() {
    var settings = PropagationSettings()
    settings.contextFrames = 257
    settings.topK = 0
    settings.radius = -1
    settings.temperature = 0
    settings.stayingFrames = 0
    settings.highestObjectID = 256
    settings.inputSize = .exactly(width: 8, height: 9000)
    let message =
      "propagation settings: contextFrames is 257; it can be 0 to 256; stayingFrames is 0; it can be 1 to 64; "
      + "highestObjectID is 256; it can be 1 to 255; topK is 0; it can be 1 to 1024; radius is -1; it can be 0 to 4096; "
      + "temperature is 0.0; it has to be more than 0; the width of inputSize is 8; it can be 16 to 8192; "
      + "the height of inputSize is 9000; it can be 16 to 8192"
    #expect(fault(of: settings) == message)
  }

  @Test("that do not go together are refused")
  func contradictions() {
    let nowhere = settings { $0.contextFrames = 0 }
    #expect(fault(of: nowhere)?.contains("labels would come from nowhere") == true)
    let averaged = settings { $0.maskSampling = .averagedNumbers }
    #expect(fault(of: averaged)?.contains("belongs to the release") == true)
    let circle = settings { ($0.radius, $0.neighbourhood) = (0, .circle) }
    #expect(fault(of: circle)?.contains("radius is 0; it can be 1 to 4096") == true)
    let predicted = settings { $0.predictsFirstFrame = true }
    #expect(fault(of: predicted)?.contains("predictsFirstFrame needs keepsFirstFrame") == true)
  }

  @Test("An input size is text", arguments: ["native", "480", "320x240"])
  func inputSizes(text: String) {
    #expect(PropagationSettings.InputSize(text)?.description == text)
  }

  @Test("What is no input size is refused, and says what is one", arguments: ["", "big", "3x", "x4", "1x2x3", "-"])
  func badInputSizes(text: String) {
    #expect(PropagationSettings.InputSize(text) == nil)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([PropagationSettings.InputSize].self, from: Data("[\"\(text)\"]".utf8))
    }
  }

  private func fault(of settings: PropagationSettings) -> String? {
    do {
      try settings.validate()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
