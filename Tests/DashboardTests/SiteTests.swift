import Dashboard
import Foundation
import HTTPServer
import Testing

/// The files of the page, as they lie in the source.
@Suite struct SiteTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "../../Sources/CDashboard/site").standardizedFileURL

  /// Paths below the folder.
  static let names: [String] = {
    let walk = FileManager.default.enumerator(atPath: folder.path)
    return (walk?.compactMap { $0 as? String } ?? []).filter { $0.contains(".") }.sorted()
  }()

  private static func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
  }

  @Test(arguments: names)
  func `every file of the folder is built in as it is`(name: String) throws {
    let router = Router(DashboardRoutes(vendorFolder: nil).routes)
    let response = try respond(router, "/ui/\(name)")
    #expect(response.status == 200, "\(name) is not in files.c")
    #expect(bytes(response) == [UInt8](try Data(contentsOf: Self.folder.appending(path: name))))
  }

  @Test func `the whole of it is smaller than 300 KB`() {
    #expect(DashboardRoutes(vendorFolder: nil).byteCount < 300_000)
    #expect(Self.names.count > 40)
  }

  @Test func `the page has no code and no style of its own, which the policy would refuse`() throws {
    let page = try Self.text("index.html")
    #expect(page.firstMatch(of: /\son[a-z]+\s*=/) == nil)
    #expect(page.firstMatch(of: /\sstyle\s*=/) == nil)
    #expect(page.firstMatch(of: /<style/) == nil)
    for script in page.matches(of: /<script([^>]*)>([^<]*)</) {
      #expect(script.1.contains("src="))
      #expect(script.2.isEmpty)
    }
  }

  @Test(arguments: names.filter { $0.hasSuffix(".js") })
  func `a script builds no code and no markup from text`(name: String) throws {
    let script = try Self.text(name)
    for banned in [
      "eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "\"style\",",
    ] {
      #expect(!script.contains(banned), "\(name) uses \(banned)")
    }
  }

  @Test(arguments: names.filter { !$0.hasSuffix(".svg") })
  func `a file names no other host`(name: String) throws {
    #expect(try Self.text(name).firstMatch(of: /(https?:)?\/\/[a-z0-9-]+\.[a-z]/) == nil)
  }

  @Test(arguments: names.filter { $0.hasSuffix(".js") })
  func `a script imports only files that are there`(name: String) throws {
    let place = Self.folder.appending(path: name).deletingLastPathComponent()
    for match in try Self.text(name).matches(of: /import [^;]*?from "([^"]+)"/) {
      let file = place.appending(path: String(match.1)).standardizedFileURL
      #expect(FileManager.default.fileExists(atPath: file.path), "\(name) imports \(match.1)")
    }
  }
}
