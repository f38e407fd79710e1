import Foundation
import Primitives
import RunStore

/// The data that a job was given, as clients may look at it: one folder, by the same rules as the files of a job.
public struct JobSource: Sendable {
  private let media: JobMedia
  private let folder: URL

  init(folder: URL) {
    self.folder = folder
    media = JobMedia(folder: folder)
  }

  /// The files of the folder `name` below the source, by name; none when there is no such folder, or a client may not see it.
  public func list(_ name: String) -> [JobMedium] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)) ?? []
    return names.sorted().compactMap { media.find("\(name)/\($0)")?.medium }
  }

  /// A file by its name, and where it lies; nil when there is none that a client may see.
  public func find(_ name: String) -> (medium: JobMedium, file: URL)? {
    media.find(name)
  }
}

extension JobQueue {
  /// The folder that an evaluation was asked about; nil for other jobs, and where it is gone or no longer allowed.
  ///
  /// - Throws: the store's errors.
  public func source(of job: JobRow) throws -> JobSource? {
    guard job.kind == .evaluation, let path = try sourcePath(of: job) else { return nil }
    return (try? references.roots.resolve(path)).map(JobSource.init)
  }

  private func sourcePath(of job: JobRow) throws -> String? {
    guard case .object(let request) = job.request else { return nil }
    if case .string(let path)? = request["data"] { return path }
    guard case .string(let text)? = request["dataset_id"], let id = ULID(text) else { return nil }
    return try store.dataset(id)?.root
  }
}
