/// The switches of the method.
public struct MethodOptions: Sendable {
  /// How class maps come to the grid.
  public enum Profile: String, Sendable {
    /// As released: class numbers are averaged.
    case published
    /// One-hot first, then averaged.
    case corrected
  }

  /// Which reference cells a target cell sees.
  public enum Reach: Sendable {
    /// Those within so many rows and columns; 6 in the paper.
    case restricted(radius: Int)
    /// All.
    case full
  }

  /// How class maps come to the grid.
  public var profile: Profile
  /// Divides scores by the root of the number of channels.
  public var scalesAffinity = false
  /// Which reference cells a target cell sees.
  public var reach = Reach.restricted(radius: 6)
  /// Weight of the cycle loss in the total, or nil to leave the cycles out.
  public var cycleWeight: Double? = 0.1

  /// The method as published, but for the given profile.
  public init(profile: Profile = .published) {
    self.profile = profile
  }

  func window(height: Int, width: Int) -> AttentionWindow {
    switch reach {
    case .restricted(let radius): .restricted(height: height, width: width, radius: radius)
    case .full: .full(height: height, width: width)
    }
  }

  func scale(channels: Int) -> Double {
    scalesAffinity ? 1 / Double(channels).squareRoot() : 1
  }
}
