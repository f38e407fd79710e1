extension PropagationSettings {
  /// Throws what is wrong with the settings, all of it.
  public func validate() throws {
    var faults: [String] = []
    func check(_ name: String, _ value: Int, in range: ClosedRange<Int>) {
      if !range.contains(value) {
        faults.append("\(name) is \(value); it can be \(range.lowerBound) to \(range.upperBound)")
      }
    }
    check("contextFrames", contextFrames, in: 0...256)
    check("stayingFrames", stayingFrames, in: 1...64)
    check("highestObjectID", highestObjectID, in: 1...255)
    if let topK { check("topK", topK, in: 1...1024) }
    if let radius { check("radius", radius, in: (neighbourhood == .circle ? 1 : 0)...4096) }
    if !(temperature > 0 && temperature.isFinite) {
      faults.append("temperature is \(temperature); it has to be more than 0")
    }
    switch inputSize {
    case .native: break
    case .shortSide(let side): check("the short side of inputSize", side, in: Self.inputSides)
    case .exactly(let width, let height):
      check("the width of inputSize", width, in: Self.inputSides)
      check("the height of inputSize", height, in: Self.inputSides)
    }
    faults += contradictions
    guard faults.isEmpty else { throw PropagationError.badSettings(faults) }
  }

  /// Pixels that a side of a frame may have when it is encoded.
  static let inputSides = 16...8192

  private var contradictions: [String] {
    var faults: [String] = []
    if method == .attention, contextFrames == 0, !keepsFirstFrame {
      faults.append("contextFrames is 0 and keepsFirstFrame is false: labels would come from nowhere; set one of them")
    }
    if maskSampling == .averagedNumbers, highestObjectID > 15 || labels == .soft {
      faults.append(
        "maskSampling averaged-numbers belongs to the release: it needs labels hard and highestObjectID 15 or less")
    }
    if predictsFirstFrame, !keepsFirstFrame, firstFrameRepetition != .padded {
      faults.append("predictsFirstFrame needs keepsFirstFrame, or firstFrameRepetition padded, to carry labels from")
    }
    return faults
  }

  /// Frames that labels are stored of at most.
  var storedFrames: Int {
    guard method == .attention else { return 0 }
    let first = keepsFirstFrame ? stayingFrames : firstFrameRepetition == .padded ? 1 : 0
    return contextFrames + first
  }
}
