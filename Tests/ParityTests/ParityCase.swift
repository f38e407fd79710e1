import Foundation
import ReferenceMethod
import SafeTensors

/// One case of the fixture: its inputs, and every quantity it states.
struct ParityCase: Sendable {
  /// Checksums of one tensor.
  struct Checksum: Sendable {
    /// Of the published code's float32 result.
    let float32: TensorChecksum
    /// Of the same computation in float64, where the fixture has it.
    let float64: TensorChecksum?
    /// Distance of the float32 result from float64, relative l2: the noise floor.
    let noise: Double?
  }

  /// One loss of one rollout.
  struct Loss: Sendable {
    let draws: String
    let kind: String
    let float32: Double
    let float64: Double?
  }

  let name: String
  let seed: UInt64
  let profile: MethodOptions.Profile
  /// In the fixture's order.
  let losses: [Loss]
  /// Short term, cycle and total of each Adam step.
  let adamLosses: [[Double]]
  /// By key, such as `truth10.grad.post_convolution.bias`.
  let checksums: [String: Checksum]
  /// Keys of the tensors stored whole, without the case's name.
  let tensorKeys: [String]
  private let file: SafeTensorsFile

  init(name: String, json: OrderedJSON, seed: UInt64, file: SafeTensorsFile) throws {
    self.name = name
    self.file = file
    self.seed = json["seed"]?.number.map { UInt64($0) } ?? seed
    let word = json["profile"]?.string ?? MethodOptions.Profile.published.rawValue
    guard let profile = MethodOptions.Profile(rawValue: word) else {
      throw ParityFixture.Fault.malformedCase(name, "unknown profile '\(word)'")
    }
    self.profile = profile
    let scalars = json["scalars"]?.members ?? []
    losses = scalars.compactMap(Self.loss)
    adamLosses =
      (json["scalars"]?["adam_losses"] ?? json["adam_losses"])?.elements.map {
        $0.elements.compactMap(\.number)
      } ?? []
    checksums = Dictionary(
      (json["checksums"]?.members ?? []).compactMap { member in Self.checksum(member.value).map { (member.name, $0) } },
      uniquingKeysWith: { first, _ in first })
    tensorKeys = file.names.filter { $0.hasPrefix("\(name).") }.map { String($0.dropFirst(name.count + 1)) }
  }

  private static func loss(_ member: (name: String, value: OrderedJSON)) -> Loss? {
    guard let match = member.name.wholeMatch(of: #/truth([01]*)\.(short_term|cycle|total)/#),
      let float32 = member.value["f32"]?.number
    else { return nil }
    return Loss(
      draws: String(match.1), kind: String(match.2), float32: float32, float64: member.value["f64"]?.number)
  }

  private static func checksum(_ json: OrderedJSON) -> Checksum? {
    guard let float32 = numbers(json) else { return nil }
    return Checksum(float32: float32, float64: json["f64"].flatMap(numbers), noise: json["f64_rel_l2"]?.number)
  }

  private static func numbers(_ json: OrderedJSON) -> TensorChecksum? {
    guard let l2 = json["l2"]?.number, let projection = json["proj"]?.number else { return nil }
    return TensorChecksum(l2: l2, projection: projection)
  }

  /// A tensor stored whole, in doubles.
  func tensor(_ key: String) throws -> DoubleTensor {
    let name = "\(name).\(key)"
    return try DoubleTensor(file.info(name).shape, file.floats(name))
  }

  /// A tensor of bytes and its shape.
  func bytes(_ key: String) throws -> (shape: [Int], values: [UInt8]) {
    let name = "\(name).\(key)"
    return try (file.info(name).shape, file.values(name))
  }

  /// Every sampling draw that the case states something of, in the order of the file.
  ///
  /// The Adam steps take them in turn; the first Adam step is the rollout with the same losses, so that one comes first.
  var draws: [String] {
    var result: [String] = []
    let keys = losses.map(\.draws) + checksums.keys.sorted().compactMap { Self.gradientKey($0)?.draws }
    for draws in keys where !result.contains(draws) { result.append(draws) }
    let first = adamLosses.first?.last.flatMap { total in losses.first { $0.kind == "total" && $0.float32 == total } }
    if let first, let index = result.firstIndex(of: first.draws) { result.insert(result.remove(at: index), at: 0) }
    return result
  }

  /// The parts of a key such as `truth10.grad.post_convolution.bias`.
  static func gradientKey(_ key: String) -> (draws: String, parameter: String)? {
    guard let match = key.wholeMatch(of: #/truth([01]*)\.grad\.(.+)/#) else { return nil }
    return (String(match.1), String(match.2))
  }
}
