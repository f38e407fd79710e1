import Primitives

/// The fields of the daemon's configuration file.
extension DaemonSettings {
  /// Takes one field of the file; what is wrong with it, or nil.
  mutating func store(_ value: JSONValue, as key: String) -> String? {
    switch key {
    case "state":
      guard case .string(let text) = value, !text.isEmpty else { return "must be a path, got \(value.typeName)" }
      state = text
    case "token_file":
      guard case .string(let text) = value, !text.isEmpty else { return "must be a path, got \(value.typeName)" }
      tokenFile = text
    case "socket_mode":
      guard case .string(let text) = value else {
        return "must be octal digits in quotes such as \"0660\", got \(value.typeName)"
      }
      socketMode = text
    case "listen":
      let texts = Self.strings(value) ?? Self.strings([value])
      guard let texts, !texts.isEmpty else {
        return "must be HOST:PORT, unix:PATH or an array of these, got \(value.typeName)"
      }
      listen = texts
    case "data_roots":
      guard let list = Self.strings(value) else { return "must be an array of paths, got \(value.typeName)" }
      dataRoots = list
    case "allowed_hosts":
      guard let list = Self.strings(value) else { return "must be an array of host names, got \(value.typeName)" }
      allowedHosts = list
    case "metrics_public":
      guard case .bool(let flag) = value else { return "must be true or false, got \(value.typeName)" }
      hasPublicMetrics = flag
    case "dashboard_vendor_folder":
      guard case .string(let text) = value, !text.isEmpty else { return "must be a path, got \(value.typeName)" }
      vendorFolder = text
    default:
      return "no such field; there are state, listen, socket_mode, data_roots, allowed_hosts, token_file, "
        + "metrics_public and dashboard_vendor_folder"
    }
    return nil
  }

  private static func strings(_ value: JSONValue) -> [String]? {
    guard case .array(let elements) = value else { return nil }
    let strings = elements.compactMap { element -> String? in
      guard case .string(let text) = element, !text.isEmpty else { return nil }
      return text
    }
    return strings.count == elements.count ? strings : nil
  }
}
