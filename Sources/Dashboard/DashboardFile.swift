import CDashboard
import HTTPServer

/// One of the dashboard's own files, as it is served.
struct DashboardFile: Sendable {
  /// Where it lies below `/ui`, for instance "pages/runs.js".
  let path: String
  /// What it holds.
  let bytes: [UInt8]
  /// Names its exact bytes.
  let tag: EntityTag

  /// Every file that was built in.
  static func all() -> [DashboardFile] {
    var files: [DashboardFile] = []
    while true {
      let file = corrflow_dashboard_file_at(files.count)
      guard let path = file.path, let bytes = file.bytes else { return files }
      files.append(DashboardFile(path: String(cString: path), bytes: bytes, count: file.byte_count))
    }
  }

  private init(path: String, bytes: UnsafePointer<UInt8>, count: Int) {
    self.path = path
    self.bytes = Array(UnsafeBufferPointer(start: bytes, count: count))
    tag = EntityTag(contentOf: self.bytes)
  }
}

/// The media type of a file by the ending of its name; nil for those that no page has.
func mediaType(ofName name: String) -> String? {
  switch name.split(separator: ".").last {
  case "html": "text/html; charset=utf-8"
  case "js": "text/javascript; charset=utf-8"
  case "css": "text/css; charset=utf-8"
  case "svg": "image/svg+xml"
  default: nil
  }
}
