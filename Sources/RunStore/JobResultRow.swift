/// One line of a job's results: the numbers of one object or joint of one sequence.
public struct JobResultRow: Sendable, Equatable {
  /// The sequence or video.
  public var sequence: String
  /// The object or joint within it; nil for the sequence as a whole.
  public var subject: String?
  /// The numbers, in the order in which they are shown.
  public var values: [JobValue]

  /// One line.
  public init(sequence: String, subject: String? = nil, values: [JobValue]) {
    self.sequence = sequence
    self.subject = subject
    self.values = values
  }
}

/// One number of a line of results.
public struct JobValue: Sendable, Equatable {
  /// Its name in snake_case: "j_mean", "pck_0.1".
  public var name: String
  /// The number; NaN where there is none.
  public var value: Double

  /// A number and its name.
  public init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}
