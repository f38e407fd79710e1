import Foundation

/// A value that may be of a wrong type, so that all faults of a file can be told at once.
enum Loose<Value: Decodable>: Decodable {
  case value(Value)
  case wrong

  init(from decoder: any Decoder) {
    do {
      self = .value(try Value(from: decoder))
    } catch {
      self = .wrong
    }
  }
}

/// A frame of predictions.
typealias LooseFrame = Loose<[LoosePlace]>

/// `[x, y]`, or null in place of it or of x.
enum LoosePlace: Decodable {
  case at(SIMD2<Double>)
  case vanished
  case wrong

  init(from decoder: any Decoder) {
    do {
      let container = try decoder.singleValueContainer()
      let numbers = container.decodeNil() ? [nil, nil] : try container.decode([Double?].self)
      guard numbers.count == 2, numbers.allSatisfy({ $0?.isFinite ?? true }) else {
        self = .wrong
        return
      }
      guard let x = numbers[0], x >= 0 else {
        self = .vanished
        return
      }
      self = numbers[1].map { .at(SIMD2(x, $0)) } ?? .wrong
    } catch {
      self = .wrong
    }
  }

  /// Where the joint is; nil when it vanished, or is no joint.
  var place: SIMD2<Double>? {
    switch self {
    case .at(let place): place
    case .vanished, .wrong: nil
    }
  }
}

/// The file of predictions, before it is compared with videos.
struct LoosePredictions: Decodable {
  let videos: [String: Loose<[LooseFrame]>]

  static func read(_ data: Data, path: String) throws(JHMDBError) -> LoosePredictions {
    do {
      return try JSONDecoder().decode(Self.self, from: data)
    } catch DecodingError.dataCorrupted {
      throw .badPredictions(path: path, problems: ["this is not valid JSON"])
    } catch {
      throw .badPredictions(path: path, problems: ["there is no object 'videos' of videos by name"])
    }
  }
}
