import Foundation
import Glibc
import RunStore

/// One file that a job wrote.
public struct JobMedium: Sendable, Equatable {
  /// The path below the job's folder, with `/`.
  public var name: String
  /// Bytes.
  public var byteCount: Int64
  /// When it was written last, in nanoseconds since 1970.
  public var modifiedNanoseconds: Int64
}

/// The files that a job wrote, as clients may see them: regular files without a symbolic link or a hidden name on the way.
public struct JobMedia: Sendable {
  /// The job's folder; it need not exist.
  let folder: URL

  /// All files, by name.
  public func list() throws -> [JobMedium] {
    try list(below: "").sorted { $0.name < $1.name }
  }

  /// A file by its name, and where it lies; nil when there is none that a client may see.
  ///
  /// Every part of the name is looked at before anything is opened: no name leads out of the folder.
  public func find(_ name: String) -> (medium: JobMedium, file: URL)? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.allSatisfy(Self.isVisible) else { return nil }
    var place = folder
    for part in parts.dropLast() {
      place.append(path: part)
      guard Self.status(place)?.isFolder == true else { return nil }
    }
    place.append(path: parts.last ?? "")
    guard let status = Self.status(place), status.isFile else { return nil }
    return (status.medium(name), place)
  }

  private func list(below prefix: String) throws -> [JobMedium] {
    let place = prefix.isEmpty ? folder : folder.appending(path: prefix)
    guard Self.status(place)?.isFolder == true else { return [] }
    var found: [JobMedium] = []
    for part in try FileManager.default.contentsOfDirectory(atPath: place.path) where Self.isVisible(part) {
      let name = prefix.isEmpty ? part : "\(prefix)/\(part)"
      guard let status = Self.status(folder.appending(path: name)) else { continue }
      if status.isFile { found.append(status.medium(name)) }
      if status.isFolder { found += try list(below: name) }
    }
    return found
  }

  /// Neither "", ".", ".." nor hidden, and one part of a path indeed.
  private static func isVisible(_ part: String) -> Bool {
    !part.isEmpty && !part.hasPrefix(".") && !part.utf8.contains(0) && !part.utf8.contains(UInt8(ascii: "/"))
  }

  private static func status(_ place: URL) -> stat? {
    var status = stat()
    return lstat(place.path, &status) == 0 ? status : nil
  }
}

extension stat {
  fileprivate var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
  fileprivate var isFile: Bool { st_mode & S_IFMT == S_IFREG }

  fileprivate func medium(_ name: String) -> JobMedium {
    JobMedium(
      name: name, byteCount: Int64(st_size),
      modifiedNanoseconds: Int64(st_mtim.tv_sec) * 1_000_000_000 + Int64(st_mtim.tv_nsec))
  }
}
