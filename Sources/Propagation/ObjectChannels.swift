import Media

/// Which object each label channel is of. Channel 0 is the background.
struct ObjectChannels {
  /// Object id of each channel.
  private(set) var ids: [UInt8]

  /// - Parameters:
  ///   - mask: of the first frame.
  ///   - settings: where numbers are averaged, every number is a channel, for numbers come out that no mask held.
  init(mask: [UInt8], settings: PropagationSettings) {
    if settings.maskSampling == .averagedNumbers {
      ids = (0...settings.highestObjectID).map { UInt8($0) }
    } else {
      ids = [0] + Self.objects(of: mask)
    }
  }

  var count: Int { ids.count }

  /// Adds the objects of a later mask that are new, in order of their ids; returns how many.
  mutating func add(objectsOf mask: [UInt8]) -> Int {
    let added = Self.objects(of: mask).filter { !ids.contains($0) }
    ids += added
    return added.count
  }

  /// The channel of each pixel of a mask; all of its objects have one.
  func numbers(of mask: [UInt8]) -> [UInt8] {
    var channel = [UInt8](repeating: 0, count: 256)
    for (index, id) in ids.enumerated() { channel[Int(id)] = UInt8(index) }
    return mask.map { channel[Int($0)] }
  }

  /// The object id of each pixel's channel.
  func mask(of numbers: [UInt8]) -> [UInt8] { numbers.map { ids[Int($0)] } }

  /// Object ids of a mask, in ascending order.
  static func objects(of mask: [UInt8]) -> [UInt8] {
    var isPresent = [Bool](repeating: false, count: 256)
    for id in mask { isPresent[Int(id)] = true }
    return (1...255).filter { isPresent[$0] }.map { UInt8($0) }
  }

  /// A carried mask with the objects of a given one in their places: its pixels win, and its objects are nowhere else.
  static func override(_ carried: [UInt8], with given: [UInt8]) -> [UInt8] {
    var isGiven = [Bool](repeating: false, count: 256)
    for id in objects(of: given) { isGiven[Int(id)] = true }
    return zip(carried, given).map { carried, given in given != 0 ? given : isGiven[Int(carried)] ? 0 : carried }
  }
}
