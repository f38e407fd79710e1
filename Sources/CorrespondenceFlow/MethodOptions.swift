/// The switches of the method: which of its parts take part in a training step.
public struct MethodOptions: Sendable, Hashable, Codable {
  /// How the release's defects are treated.
  public enum Profile: String, Sendable, Hashable, Codable, CaseIterable {
    /// Faithful to the release, to compare with the paper: class numbers are averaged when a class map is brought to the
    /// grid.
    case published
    /// The default: class distributions are averaged.
    case corrected
  }

  /// Which reference cells a target cell attends to.
  public enum Attention: Sendable, Hashable, Codable {
    /// The (2 radius + 1)^2 cells around it; published radius 6.
    case restricted(radius: Int)
    /// All cells, for the ablation of the paper's question 4.
    case full
  }

  /// How the release's defects are treated.
  public var profile: Profile
  /// Which reference cells a target cell attends to.
  public var attention: Attention
  /// Whether scores are divided by sqrt(64); off in the published code.
  public var scaleAffinity: Bool
  /// Whether the long-term loss takes part.
  public var cycleConsistency: Bool
  /// Weight of the long-term loss; published 0.1.
  public var cycleWeight: Double

  /// The published method, in the `corrected` profile.
  public init(
    profile: Profile = .corrected, attention: Attention = .restricted(radius: 6), scaleAffinity: Bool = false,
    cycleConsistency: Bool = true, cycleWeight: Double = 0.1
  ) {
    self.profile = profile
    self.attention = attention
    self.scaleAffinity = scaleAffinity
    self.cycleConsistency = cycleConsistency
    self.cycleWeight = cycleWeight
  }
}
