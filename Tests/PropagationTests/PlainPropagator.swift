import Foundation
import Propagation

/// Label propagation in doubles, written from the protocols' own words: every reference is listed, copies too, and every
/// score is computed. The twin of `LabelPropagator`.
struct PlainPropagator {
  let settings: PropagationSettings
  let height: Int
  let width: Int
  let channels: Int
  /// Of every frame so far, `[cells][64]`.
  private var embeddings: [[[Double]]] = []
  /// What is stored of every frame so far, `[cells][channels]`.
  private var stored: [[[Double]]] = []
  private var firstLabels: [[Double]] = []

  init(settings: PropagationSettings, height: Int, width: Int, channels: Int) {
    (self.settings, self.height, self.width, self.channels) = (settings, height, width, channels)
  }

  /// The labels of all frames, the first one's included, `[frames][cells][channels]`.
  mutating func run(_ frames: [[[Double]]], labels: [[Double]]) -> [[[Double]]] {
    firstLabels = labels
    var results: [[[Double]]] = []
    for (index, frame) in frames.enumerated() {
      embeddings.append(settings.normalisesEmbeddings ? frame.map(Self.unit) : frame)
      if index == 0, !settings.predictsFirstFrame {
        stored.append(labels)
        results.append(labels)
      } else {
        let result = normalised(predict(index))
        stored.append(settings.labels == .soft ? result : result.map(Self.oneHot))
        results.append(result)
      }
    }
    return results
  }

  private struct Reference {
    let frame: Int
    let labels: [[Double]]
    let isWhole: Bool
  }

  private func references(of target: Int) -> [Reference] {
    var list: [Reference] = []
    let first = Reference(frame: 0, labels: firstLabels, isWhole: settings.radius == nil)
    if settings.keepsFirstFrame {
      list.append(
        Reference(frame: 0, labels: firstLabels, isWhole: settings.radius == nil || settings.firstFrameIsGlobal))
    }
    for frame in target - settings.contextFrames..<target {
      if frame < 0 {
        if settings.firstFrameRepetition == .padded { list.append(first) }
      } else if frame > 0 || settings.firstFrameRepetition != .none || !settings.keepsFirstFrame {
        list.append(Reference(frame: frame, labels: stored[frame], isWhole: settings.radius == nil))
      }
    }
    return list
  }

  private func sees(_ reference: Reference, _ target: Int, _ source: Int) -> Bool {
    guard let radius = settings.radius, !reference.isWhole else { return true }
    let (dy, dx) = (abs(target / width - source / width), abs(target % width - source % width))
    switch settings.neighbourhood {
    case .square: return dy <= radius && dx <= radius
    case .circle: return dy * dy + dx * dx < radius * radius
    }
  }

  private func predict(_ target: Int) -> [[Double]] {
    let list = references(of: target)
    return (0..<height * width).map { cell in
      let scored = list.map { reference in
        (0..<height * width).filter { sees(reference, cell, $0) }.map { source in
          (score: score(target, cell, reference.frame, source), label: reference.labels[source])
        }
      }
      switch settings.softmax {
      case .jointly: return Self.copy(Self.best(scored.flatMap { $0 }, settings.topK), amongAll: nil, channels)
      case .perReference:
        let parts = scored.map { Self.copy(Self.best($0, settings.topK), amongAll: $0.map(\.score), channels) }
        return (0..<channels).map { channel in
          parts.reduce(0) { $0 + $1[channel] } / Double(parts.count)
        }
      }
    }
  }

  private func score(_ target: Int, _ cell: Int, _ reference: Int, _ source: Int) -> Double {
    // A plain loop: tests are not optimised, and this is most of their time.
    embeddings[target][cell].withUnsafeBufferPointer { a in
      embeddings[reference][source].withUnsafeBufferPointer { b in
        var (sum, index) = (0.0, 0)
        while index < 64 {
          sum += a[index] * b[index]
          index += 1
        }
        return sum / settings.temperature
      }
    }
  }

  private typealias Scored = (score: Double, label: [Double])

  private static func best(_ scored: [Scored], _ count: Int?) -> [Scored] {
    guard let count else { return scored }
    let order = scored.indices.sorted { (-scored[$0].score, $0) < (-scored[$1].score, $1) }
    return order.prefix(count).map { scored[$0] }
  }

  /// Softmax over the scores, or those of all, and the sum of labels.
  private static func copy(_ scored: [Scored], amongAll all: [Double]?, _ channels: Int) -> [Double] {
    let all = all ?? scored.map(\.score)
    let highest = all.max() ?? 0
    let sum = all.reduce(0) { $0 + exp($1 - highest) }
    var result = [Double](repeating: 0, count: channels)
    for (score, label) in scored {
      for channel in 0..<channels { result[channel] += exp(score - highest) / sum * label[channel] }
    }
    return result
  }

  private func normalised(_ labels: [[Double]]) -> [[Double]] {
    guard settings.normalisesChannels else { return labels }
    var result = labels
    for channel in 0..<channels {
      let values = labels.map { $0[channel] }
      guard let lowest = values.min(), let highest = values.max(), values.reduce(0, +) != 0 else { continue }
      for cell in labels.indices {
        result[cell][channel] = highest > lowest ? (values[cell] - lowest) / (highest - lowest) : 0
      }
    }
    return result
  }

  private static func unit(_ vector: [Double]) -> [Double] {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return vector.map { $0 / max(length, 1e-12) }
  }

  private static func oneHot(_ values: [Double]) -> [Double] {
    let best = values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    return values.indices.map { $0 == best ? 1 : 0 }
  }
}
