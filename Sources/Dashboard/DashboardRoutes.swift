import Foundation
import HTTPServer
import Primitives

/// The page for people: `/` and what it loads, below `/ui`.
///
///     let dashboard = DashboardRoutes(vendorFolder: URL(filePath: "/usr/share/javascript"))
///     let router = Router(api.routes + dashboard.routes)
///
/// The files are part of the binary and hold nothing that is secret: what they show they ask the control API for, with the
/// reader's token where one is needed. So these routes need no authentication.
public struct DashboardRoutes: Sendable {
  private let files: [String: DashboardFile]
  private let vendor: VendorFolder

  /// The page.
  ///
  /// - Parameter vendorFolder: where Debian puts libraries for browsers, `/usr/share/javascript`; nil, or a folder without
  ///   dygraphs, leaves the charts to the page's own code.
  public init(vendorFolder: URL?) {
    files = Dictionary(uniqueKeysWithValues: DashboardFile.all().map { ($0.path, $0) })
    vendor = VendorFolder(folder: vendorFolder)
  }

  /// `GET /` and `GET /ui/{name...}`; HEAD too, as everywhere.
  public var routes: [Route] {
    [
      Route("GET", "/") { request in try own("index.html", request) },
      Route("GET", "/ui/{name...}") { request in try show(request.parameters["name"] ?? "", request) },
    ]
  }

  /// Bytes of all files that were built in.
  public var byteCount: Int { files.values.reduce(0) { $0 + $1.bytes.count } }

  private static let vendorPrefix = "vendor/"

  private func show(_ name: String, _ request: HTTPRequest) throws(Problem) -> HTTPResponse {
    if name == "vendor" { return vendorList(request) }
    guard name.hasPrefix(Self.vendorPrefix) else { return try own(name, request) }
    let name = String(name.dropFirst(Self.vendorPrefix.count))
    guard let bytes = vendor.bytes(of: name), let type = mediaType(ofName: name) else { throw Self.missing(request) }
    return Self.reply(bytes, type: type).tagged(EntityTag(contentOf: bytes), for: request)
  }

  /// Which libraries there are, so that the page asks for none that is not.
  private func vendorList(_ request: HTTPRequest) -> HTTPResponse {
    HTTPResponse.json(["files": .array(vendor.available().map { .string($0) })]).taggedByContent(for: request)
  }

  private func own(_ name: String, _ request: HTTPRequest) throws(Problem) -> HTTPResponse {
    guard let file = files[name], let type = mediaType(ofName: name) else { throw Self.missing(request) }
    return Self.reply(file.bytes, type: type).tagged(file.tag, for: request)
  }

  private static func reply(_ bytes: [UInt8], type: String) -> HTTPResponse {
    var response = HTTPResponse(status: 200, headers: ["Content-Type": type], body: .bytes(bytes))
    response.headers["Content-Security-Policy"] = contentSecurityPolicy
    return response
  }

  /// Nothing from elsewhere and nothing inline. A video or a picture that needs a token is fetched by the page's code and
  /// shown as a blob of its own making.
  static let contentSecurityPolicy =
    "default-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  private static func missing(_ request: HTTPRequest) -> Problem {
    .notFound("There is no such file of the dashboard: its page is at /.")
  }
}
