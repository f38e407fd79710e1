import Media

/// What a file is for, by its name.
enum FileNames {
  enum Role {
    /// A picture that may be a frame.
    case frame
    /// To be opened: a video, or something that has no business in a folder of videos and is reported.
    case video
    /// Known not to be a video: annotations, sound, archives, and files without an extension.
    case sidecar
  }

  private static let sidecarExtensions: Set<String> = [
    "txt", "json", "jsonl", "csv", "tsv", "md", "rst", "xml", "yml", "yaml", "toml", "ini", "cfg", "html", "htm", "pdf",
    "log", "nfo", "srt", "vtt", "ass", "ssa", "sub", "idx", "npy", "npz", "mat", "pkl", "h5", "hdf5", "pt", "pth",
    "safetensors", "zip", "tar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "sha256", "sha1", "md5", "wav", "mp3",
    "flac", "m4a", "aac", "opus", "py", "sh", "ipynb", "db", "sqlite", "lock", "part", "tmp", "url", "webp", "bmp",
    "tif", "tiff", "ppm", "pgm", "svg", "ico",
  ]

  static func role(of name: String) -> Role {
    if FrameFolder.isFrame(name: name) { return .frame }
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return .sidecar }
    return sidecarExtensions.contains(name[dot...].dropFirst().lowercased()) ? .sidecar : .video
  }
}
