import Foundation
import Media
import Primitives

/// Draws a set of videos to learn from and two small benchmarks to score with, so that anyone can see the daemon learn
/// without a download.
///
///     try SampleDataGenerator(options: SampleDataOptions()).generate(into: folder) { done, total, what in
///       print("\(done)/\(total) \(what)")
///     }
///
/// The folder gets
/// - `videos/train/*.mp4`: textured objects that move, turn, deform and occlude one another over a panning background;
/// - `davis/`: sequences with exact masks, in the layout of DAVIS 2017;
/// - `jhmdb/`: a figure with 15 joints that walks, waves and jumps, in the layout of JHMDB;
/// - `sample-data.json`: the options, and the list of files, by which a later run knows them as its own.
///
/// It shows that learning works; it is no benchmark, and its scores say nothing about real video.
public struct SampleDataGenerator: Sendable {
  /// The folders of a set.
  static let folders = ["videos", "davis", "jhmdb"]

  /// What will be drawn.
  public let options: SampleDataOptions

  /// - Parameter options: what to draw; checked by `generate`.
  public init(options: SampleDataOptions = SampleDataOptions()) {
    self.options = options
  }

  /// Makes the set.
  ///
  /// A folder that already holds the set of these options is left as it is; a set of other options is replaced. On failure
  /// nothing of the new set remains.
  ///
  /// - Parameters:
  ///   - folder: a new or empty folder, or one that this function has filled before.
  ///   - progress: called on this thread after each video and sequence with how many are done, of how many, and which.
  /// - Throws: `SampleDataError`, for instance when the disk is full.
  public func generate(
    into folder: URL, progress: (_ done: Int, _ total: Int, _ what: String) -> Void
  ) throws {
    try options.validate()
    let output = try OutputFolder(at: folder)
    do {
      let jobs = VideoSet(options).jobs + DAVISSet(options).jobs + JHMDBSet(options).jobs
      if output.isComplete(for: options) {
        output.abandon()
        progress(jobs.count, jobs.count, "already there")
        return
      }
      for (index, job) in jobs.enumerated() {
        try output.namingTargets { try job.run(output.staging) }
        progress(index + 1, jobs.count, job.name)
      }
      try output.commit(options)
    } catch {
      output.abandon()
      throw error
    }
  }
}

/// A part of the set that is drawn at one go.
struct SampleJob {
  /// What it makes, relative to the folder.
  var name: String
  /// Makes it below the given folder.
  var run: (URL) throws -> Void
}

/// The three parts of the set; each has random streams of its own.
enum SamplePart: UInt64 {
  case videos = 0
  case davis = 1
  case jhmdb = 2

  /// The random numbers for one video or sequence.
  func random(_ options: SampleDataOptions, _ number: Int, attempt: Int = 0) -> CounterRandom {
    let index = rawValue << 48 | UInt64(number) << 8 | UInt64(attempt)
    return CounterRandom(seed: options.seed, purpose: .sampleData, index: index)
  }
}

extension FileManager {
  /// Creates `components` below `root` and returns it.
  func makeFolder(_ components: String..., below root: URL) throws -> URL {
    let folder = components.reduce(root) { $0.appendingPathComponent($1, isDirectory: true) }
    do {
      try createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw SampleDataError.fileSystem(path: folder.path, reason: error.localizedDescription)
    }
    return folder
  }
}

extension Data {
  /// Writes the bytes to a file in a folder.
  func write(as name: String, in folder: URL) throws {
    let target = folder.appendingPathComponent(name)
    do {
      try write(to: target)
    } catch {
      throw SampleDataError.fileSystem(path: target.path, reason: error.localizedDescription)
    }
  }
}

/// `number` with leading zeros.
func padded(_ number: Int, to digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
