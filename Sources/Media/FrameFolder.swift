import Glibc

/// A folder of still images that are the frames of one video, in the order of their names.
///
///     let frames = try FrameFolder(path: "JPEGImages/480p/blackswan")
///     let first = try frames.image(at: 0)
public struct FrameFolder: Sendable {
  /// The folder.
  public let path: String
  /// File names of the frames, sorted.
  public let names: [String]

  /// Lists the JPEG and PNG files of a folder.
  ///
  /// - Throws: `MediaError.noFrames` when there are none.
  public init(path: String) throws(MediaError) {
    guard let folder = opendir(path) else {
      if errno == ENOENT { throw .notFound(path: path) }
      throw .cannotOpen(path: path, reason: Libav.systemMessage(errno))
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if Self.isFrame(name: name) { names.append(name) }
    }
    self.init(path: path, names: names)
    guard !names.isEmpty else { throw .noFrames(path: path) }
  }

  /// A folder whose file names are known; they are sorted here.
  public init(path: String, names: [String]) {
    self.path = path
    self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether a file of this name is a frame: a JPEG or PNG that is not hidden.
  public static func isFrame(name: String) -> Bool {
    guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
    return ["jpg", "jpeg", "png"].contains(name[dot...].dropFirst().lowercased())
  }

  /// Path of a frame.
  ///
  /// - Precondition: `index` is in `0 ..< names.count`.
  public func path(at index: Int) -> String { path + "/" + names[index] }

  /// Reads a frame.
  ///
  /// - Throws: `MediaError`, also when there are not so many.
  public func image(at index: Int) throws(MediaError) -> RGBImage {
    guard names.indices.contains(index) else {
      throw .badRequest(path: path, reason: "frame \(index) was asked for, and the folder holds \(names.count)")
    }
    return try ImageFile.read(path: path(at: index))
  }
}
