import Foundation
import Media
import Primitives

/// Keypoints that a user gives for one frame of a video.
///
///     {"frame": 0, "points": [[120.5, 80], [131, 92.5]], "names": ["left eye", "right eye"]}
///
/// Places are in pixels from the top left, 0 in the middle of the first one. A file that is only the array of points is of frame
/// 0 and has no names.
public struct KeypointFile: Sendable, Equatable {
  /// Most keypoints of a file.
  public static let limit = 254

  /// The file.
  public let path: String
  /// The frame, from 0.
  public let frame: Int
  /// Their places, in pixels.
  public let points: [SIMD2<Double>]
  /// A name for each.
  public let names: [String]

  /// Reads a file.
  ///
  /// - Throws: `EvaluationError.badInput`.
  public init(path: String) throws {
    let json: JSONValue
    do {
      json = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: URL(filePath: path)))
    } catch {
      throw EvaluationError.badInput(path: path, reason: "it cannot be read as JSON: \(error.localizedDescription)")
    }
    self.path = path
    let list: JSONValue
    if case .array = json { list = json } else { list = json["points"] ?? .null }
    points = try Self.points(list, path: path)
    frame = try Self.frame(json["frame"], path: path)
    names = try Self.names(json["names"], count: points.count, path: path)
  }

  /// - Throws: `EvaluationError.keypointOutside` for the first one that does not lie in a frame of this size.
  func check(width: Int, height: Int) throws {
    for (index, point) in points.enumerated()
    where !(point.x >= 0 && point.y >= 0 && point.x <= Double(width - 1) && point.y <= Double(height - 1)) {
      throw EvaluationError.keypointOutside(
        path: path, index: index, x: point.x, y: point.y, width: width, height: height)
    }
  }

  private static func points(_ list: JSONValue, path: String) throws -> [SIMD2<Double>] {
    guard case .array(let entries) = list, (1...limit).contains(entries.count) else {
      throw EvaluationError.badInput(
        path: path, reason: "it should hold 1 to \(limit) points, {\"points\": [[x, y], ...]}, in pixels")
    }
    return try entries.enumerated().map { index, entry in
      guard case .array(let pair) = entry, pair.count == 2, let x = number(pair[0]), let y = number(pair[1]) else {
        throw EvaluationError.badInput(path: path, reason: "point \(index) is not a pair of numbers [x, y]")
      }
      return SIMD2(x, y)
    }
  }

  private static func frame(_ value: JSONValue?, path: String) throws -> Int {
    switch value {
    case nil: return 0
    case .integer(let frame) where frame >= 0: return Int(frame)
    default: throw EvaluationError.badInput(path: path, reason: "frame should be a whole number from 0")
    }
  }

  private static func names(_ value: JSONValue?, count: Int, path: String) throws -> [String] {
    guard let value else { return (0..<count).map { "\($0)" } }
    guard case .array(let entries) = value, entries.count == count else {
      throw EvaluationError.badInput(path: path, reason: "names should be \(count) strings, one a point")
    }
    return try entries.map { entry in
      guard case .string(let name) = entry else {
        throw EvaluationError.badInput(path: path, reason: "names should be strings")
      }
      return name
    }
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
