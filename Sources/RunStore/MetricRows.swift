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

/// The values of a series within one range of steps.
public struct MetricBucket: Sendable, Equatable {
  /// First recorded step in the bucket.
  public var firstStep: Int
  /// Last recorded step in the bucket.
  public var lastStep: Int
  /// Time of the last recorded step.
  public var time: Date
  /// Recorded values, NaN included.
  public var count: Int
  /// Values that are NaN; they take no part in the numbers below.
  public var nanCount: Int
  /// Arithmetic mean of the values; nil when all are NaN.
  public var mean: Double?
  /// Least value; nil when all are NaN.
  public var minimum: Double?
  /// Greatest value; nil when all are NaN.
  public var maximum: Double?
}

/// One line of the full export.
public struct MetricExportRow: Sendable, Equatable {
  /// The metric.
  public var key: String
  /// Its value at one step.
  public var point: MetricPoint
}
