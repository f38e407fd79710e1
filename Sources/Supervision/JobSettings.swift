import Foundation

/// What the operator decides about jobs.
public struct JobSettings: Sendable, Equatable {
  /// Folders below which datasets, videos and masks may lie. Resolved, so that a symbolic link cannot lead out of them.
  public var dataRoots: [URL]
  /// Version and revision of the program, recorded with every job.
  public var codeVersion: String
  /// Threads that a job computes with, beside those of a run that trains.
  public var threads: Int
  /// Free space that is kept on the disk of the state directory, in bytes. Default 256 MiB.
  public var reserveBytes: Int64
  /// Jobs that may wait. Default 1000.
  public var queueLimit: Int
  /// Attempts that a job gets: one that was running when the daemon ended without warning is tried again until then.
  /// Default 2, so that a job that brings the daemon down does so twice at most.
  public var attemptLimit: Int
  /// Longest time between two writes of a job's progress, in seconds. Default 1.
  public var progressSeconds: Double
  /// How long to wait before the database is tried again after it could not be written, in seconds. Default 5.
  public var retrySeconds: Double
  /// Nice value of the threads that do jobs, above that of the process. Default 0; 10 lets the control API go first.
  public var niceness: Int32

  /// What the operator decides.
  public init(
    dataRoots: [URL], codeVersion: String, threads: Int, reserveBytes: Int64 = 256 << 20, queueLimit: Int = 1000,
    attemptLimit: Int = 2, progressSeconds: Double = 1, retrySeconds: Double = 5, niceness: Int32 = 0
  ) {
    precondition(threads > 0, "a job needs a thread, got \(threads)")
    self.dataRoots = dataRoots
    self.codeVersion = codeVersion
    self.threads = threads
    self.reserveBytes = reserveBytes
    self.queueLimit = queueLimit
    self.attemptLimit = attemptLimit
    self.progressSeconds = progressSeconds
    self.retrySeconds = retrySeconds
    self.niceness = niceness
  }
}
