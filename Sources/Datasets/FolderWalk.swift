import Glibc
import Media
import Primitives

/// Finds what may be a video under a folder, without opening any file.
struct FolderWalk {
  /// Something that may be an item of the catalogue.
  struct Candidate {
    var relativePath: String
    var kind: CatalogueItem.Kind
    var sizeBytes: Int64
    var modifiedNanoseconds: Int64
    /// Images of a folder of frames.
    var frameCount = 0
    /// A folder that cannot be listed.
    var problem: String?
  }

  /// Absolute path of the folder, without symbolic links.
  let root: String
  private(set) var candidates: [Candidate] = []
  private(set) var ignoredFiles: [String] = []

  /// Walks the folder, to any depth. Hidden files are skipped; symbolic links to folders are not followed, and links to
  /// files only where the file lies under the root too.
  init(root: String, isCancelled: () -> Bool) throws(DatasetError) {
    guard let resolved = realpath(root, nil) else {
      if errno == ENOENT || errno == ENOTDIR { throw .rootMissing(root: root) }
      throw .unreadableFolder(root: root, reason: systemMessage(errno).lowercased())
    }
    self.root = String(cString: resolved)
    free(resolved)
    guard let status = FileStatus(path: self.root, followsLinks: true) else { throw .rootMissing(root: root) }
    guard status.kind == .folder else { throw .notAFolder(root: root) }
    var pending = ["."]
    while let folder = pending.popLast() {
      if isCancelled() { throw .cancelled(root: root) }
      try visit(folder, status: status, pending: &pending)
    }
    candidates.sort { $0.relativePath.utf8.lexicographicallyPrecedes($1.relativePath.utf8) }
    ignoredFiles.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private mutating func visit(
    _ folder: String, status rootStatus: FileStatus, pending: inout [String]
  ) throws(DatasetError) {
    let path = absolute(folder)
    guard let names = Self.list(path) else {
      let reason = systemMessage(errno).lowercased()
      if folder == "." { throw .unreadableFolder(root: root, reason: reason) }
      candidates.append(
        Candidate(
          relativePath: folder, kind: .frameFolder, sizeBytes: 0, modifiedNanoseconds: 0,
          problem: "the folder cannot be listed (\(reason)); check its permissions"))
      return
    }
    var frames: [String] = []
    var hasVideos = false
    for name in names where !name.hasPrefix(".") {
      let relative = folder == "." ? name : folder + "/" + name
      guard let status = status(of: relative) else {
        ignoredFiles.append(relative)
        continue
      }
      switch (status.kind, FileNames.role(of: name)) {
      case (.folder, _): pending.append(relative)
      case (.file, .frame): frames.append(relative)
      case (.file, .video):
        hasVideos = true
        candidates.append(
          Candidate(
            relativePath: relative, kind: .video, sizeBytes: status.sizeBytes,
            modifiedNanoseconds: status.modifiedNanoseconds))
      case (.file, .sidecar), (.other, _): ignoredFiles.append(relative)
      }
    }
    addFrames(frames, folder: folder, besideVideos: hasVideos)
  }

  /// Images beside videos are thumbnails; images on their own are frames.
  private mutating func addFrames(_ frames: [String], folder: String, besideVideos: Bool) {
    guard !frames.isEmpty else { return }
    guard !besideVideos, let status = FileStatus(path: absolute(folder), followsLinks: true) else {
      ignoredFiles += frames
      return
    }
    candidates.append(
      Candidate(
        relativePath: folder, kind: .frameFolder, sizeBytes: 0, modifiedNanoseconds: status.modifiedNanoseconds,
        frameCount: frames.count))
  }

  /// The status of a file; of a symbolic link, that of the regular file under the root that it leads to, or nil.
  private func status(of relative: String) -> FileStatus? {
    let path = absolute(relative)
    guard let status = FileStatus(path: path, followsLinks: false) else { return nil }
    guard status.kind == .other else { return status }
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    guard String(cString: resolved).hasPrefix(root == "/" ? "/" : root + "/"),
      let target = FileStatus(path: path, followsLinks: true), target.kind == .file
    else { return nil }
    return target
  }

  private func absolute(_ relative: String) -> String { relative == "." ? root : root + "/" + relative }

  private static func list(_ path: String) -> [String]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }
}

/// What a scan asks the file system about a path.
struct FileStatus {
  enum Kind {
    case file
    case folder
    /// A symbolic link, a socket, a device, ...
    case other
  }

  let kind: Kind
  let sizeBytes: Int64
  let modifiedNanoseconds: Int64

  /// Nil when there is nothing at `path`.
  init?(path: String, followsLinks: Bool) {
    var status = stat()
    guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    default: kind = .other
    }
    sizeBytes = Int64(status.st_size)
    modifiedNanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
  }
}
