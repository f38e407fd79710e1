import Foundation

/// One recorded value of one metric of a run.
public struct MetricPoint: Sendable, Equatable {
  /// The step that it belongs to, from 1.
  public var step: Int
  /// When it was recorded.
  public var time: Date
  /// The value; may be NaN or infinite.
  public var value: Double

  /// One value.
  public init(step: Int, time: Date, value: Double) {
    self.step = step
    self.time = time
    self.value = value
  }
}

/// What names the state of a series: it changes whenever a point is added, replaced or discarded.
public struct MetricState: Sendable, Equatable {
  /// The last recorded step.
  public var lastStep: Int
  /// How often something else was done to the series than adding points behind its last one.
  public var changes: Int
}

/// What a run recorded under one key.
public struct MetricSummary: Sendable, Equatable {
  /// The metric: "loss", "learning_rate", ...
  public var key: String
  /// Recorded values, NaN included.
  public var count: Int
  /// First recorded step.
  public var firstStep: Int
  /// Last recorded step.
  public var lastStep: Int
  /// Value at the last step; may be NaN or infinite.
  public var last: Double
  /// Least value, and the first step it occurred at; nil when all values are NaN.
  public var minimum: MetricExtreme?
  /// Greatest value, and the first step it occurred at; nil when all values are NaN.
  public var maximum: MetricExtreme?
}

/// An extreme of a series.
public struct MetricExtreme: Sendable, Equatable {
  /// The value; may be infinite.
  public var value: Double
  /// The first step it occurred at.
  public var step: Int
}

/// Something of a series with the running mean at its end.
public struct Smoothed<Value: Sendable>: Sendable {
  /// What was recorded.
  public var value: Value
  /// The running mean after its last finite value; nil when it has none, or when no smoothing was asked for.
  public var smooth: Double?

  /// A value with its running mean.
  public init(value: Value, smooth: Double? = nil) {
    self.value = value
    self.smooth = smooth
  }
}

/// One line of the full export.
public struct MetricExportRow: Sendable, Equatable {
  /// The metric.
  public var key: String
  /// Its value at one step.
  public var point: MetricPoint
}
