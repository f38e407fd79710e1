import Foundation
import Glibc
import HTTPServer
import Testing

@Suite(.timeLimit(.minutes(10))) final class ListenerTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "s\(UInt32.random(in: 0 ... .max))")
  private var path: String { folder.appending(path: "api.sock").path }

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func makeServer(
    _ listeners: [Listener], change: (inout HTTPServerConfiguration) -> Void = { _ in }
  ) throws -> HTTPServer {
    var configuration = HTTPServerConfiguration(
      listeners: listeners, access: .loopback(try ListenAddress("127.0.0.1:0")))
    change(&configuration)
    let router = Router(TestServer.routes)
    let server = HTTPServer(configuration: configuration) { router.respond(to: $0) }
    try server.start()
    return server
  }

  private func status(_ client: RawClient, _ request: String = smuggled) -> Int {
    client.send(request)
    return client.readReply().status
  }

  private func mode(_ path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]) as? Int
  }

  @Test func `one server answers on several sockets, and tells where`() throws {
    let server = try makeServer([
      Listener(try ListenTarget("127.0.0.1:0")), Listener(try ListenTarget("127.0.0.2:0")), Listener(.unix(path: path)),
    ])
    var ports: [UInt16] = []
    for case .tcp(let address) in server.addresses { ports.append(address.port) }
    #expect(ports.count == 2 && !ports.contains(0) && server.boundPort == ports[0])
    #expect(server.addresses.last?.url == "unix:\(path)")
    #expect(status(try RawClient(port: ports[0])) == 200)
    #expect(status(try RawClient(socket: path)) == 200)
    server.stop()
    #expect(server.addresses.isEmpty)
  }

  @Test func `when one socket cannot be opened, none is kept`() throws {
    let first = try makeServer([Listener(try ListenTarget("127.0.0.1:0"))])
    let port = try #require(first.boundPort)
    let taken = ListenTarget.tcp(try ListenAddress(host: "127.0.0.1", port: port))
    #expect(throws: HTTPServerError.addressInUse(taken)) {
      try makeServer([Listener(.unix(path: path)), Listener(taken)])
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    first.stop()
  }

  @Test func `an address that the machine does not have is refused, or left out where it may be`() throws {
    let elsewhere = try ListenTarget("192.0.2.1:0")
    #expect(throws: HTTPServerError.addressNotHere(elsewhere)) {
      try makeServer([Listener(elsewhere)]) { $0.allowsOtherMachines = true }
    }
    let server = try makeServer([Listener(try ListenTarget("127.0.0.1:0")), Listener(elsewhere, isOptional: true)]) {
      $0.allowsOtherMachines = true
    }
    #expect(server.addresses.count == 1)
    server.stop()
  }

  @Test(arguments: [0o660, 0o600, 0o666]) func `a socket's file has the mode asked for, whatever the umask`(mode: Int)
    throws
  {
    let server = try makeServer([Listener(.unix(path: path))]) { $0.socketMode = UInt32(mode) }
    #expect(self.mode(path) == mode)
    server.stop()
  }

  @Test func `over a Unix socket any Host is right and no token is needed`() throws {
    let tokens = try BearerTokens(parsing: "admin:0123456789abcdef")
    let server = try makeServer([Listener(.unix(path: path))]) { $0.access.tokens = { tokens } }
    let request = "DELETE /things/1 HTTP/1.1\r\nHost: anything.at.all\r\n\r\n"
    #expect(status(try RawClient(socket: path), request) == 204)
    let foreign = "GET /healthz HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\n\r\n"
    #expect(status(try RawClient(socket: path), foreign) == 403)
    server.stop()
  }

  @Test func `the log names the user at the other end of a Unix socket`() throws {
    let seen = Seen()
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(
        listeners: [Listener(.unix(path: path))], access: AccessPolicy(allowedHosts: nil)), observer: seen.add
    ) { _ in HTTPResponse(status: 204) }
    try server.start()
    #expect(status(try RawClient(socket: path)) == 204)
    server.stop()
    #expect(seen.all.map(\.remoteAddress) == ["unix:uid=\(getuid())"])
  }

  @Test func `the file goes when the server ends, and comes when it starts again`() throws {
    let server = try makeServer([Listener(.unix(path: path))])
    server.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
    try server.start()
    #expect(status(try RawClient(socket: path)) == 200)
    server.stop()
  }

  @Test func `the file of a server that was killed is replaced`() throws {
    let left = try boundSocket(listens: false)
    close(left)
    #expect(FileManager.default.fileExists(atPath: path))
    let server = try makeServer([Listener(.unix(path: path))])
    #expect(status(try RawClient(socket: path)) == 200)
    server.stop()
  }

  @Test func `a socket that somebody listens on is left alone`() throws {
    let other = try boundSocket(listens: true)
    defer { close(other) }
    let error = HTTPServerError.addressInUse(.unix(path: path))
    #expect(throws: error) { try makeServer([Listener(.unix(path: path))]) }
    #expect(error.description.contains(path))
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func `a file that is no socket, and a folder that is missing, are told`() throws {
    try Data("mine".utf8).write(to: URL(filePath: path))
    let error = #expect(throws: HTTPServerError.self) { try makeServer([Listener(.unix(path: path))]) }
    #expect(error?.description.contains("there is a file of that name that is not a socket") == true)
    #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == "mine")
    let nowhere = #expect(throws: HTTPServerError.self) { try makeServer([Listener(.unix(path: "/nothing/here/x"))]) }
    #expect(nowhere?.description.contains("No such file or directory") == true)
  }

  @Test func `a file that took the socket's name is not removed`() throws {
    let server = try makeServer([Listener(.unix(path: path))])
    try FileManager.default.removeItem(atPath: path)
    try Data("mine".utf8).write(to: URL(filePath: path))
    server.stop()
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: [
    "unix:", "unix:api.sock", "unix:/", "unix:/run/", "unix:/a\u{0}b", "unix:/" + String(repeating: "a", count: 107),
  ])
  func `what is no path of a socket is refused`(text: String) {
    #expect(throws: HTTPServerError.self) { try ListenTarget(text) }
  }

  @Test func `the longest path that a socket can have is accepted`() throws {
    #expect(try ListenTarget("unix:/" + String(repeating: "a", count: 106)).isLoopback)
  }

  @Test func `a socket that another process opened is taken over, and stays open`() throws {
    let inherited = try boundSocket(listens: true)
    defer { close(inherited) }
    let listener = try Listener(inheriting: inherited)
    #expect(listener.target == .unix(path: path))
    for _ in 0..<2 {
      let server = try makeServer([listener])
      #expect(status(try RawClient(socket: path)) == 200)
      server.stop()
    }
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func `a TCP socket that was handed over tells where it listens`() throws {
    let server = try makeServer([Listener(try ListenTarget("127.0.0.1:0"))])
    let port = try #require(server.boundPort)
    server.stop()
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    #expect(bound(descriptor, address) == 0 && listen(descriptor, 1) == 0)
    let listener = try Listener(inheriting: descriptor)
    #expect(listener.target.description == "0.0.0.0:\(port)")
    #expect(throws: HTTPServerError.notLoopback(listener.target)) { try makeServer([listener]) }
  }

  @Test func `what does not listen cannot be taken over`() throws {
    let bound = try boundSocket(listens: false)
    defer { close(bound) }
    let datagrams = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(datagrams) }
    let error = #expect(throws: HTTPServerError.self) { try Listener(inheriting: bound) }
    #expect(error?.description.contains("it does not listen") == true)
    for descriptor in [datagrams, 2, 9999] {
      let error = #expect(throws: HTTPServerError.self) { try Listener(inheriting: descriptor) }
      #expect(error?.description.contains("descriptor \(descriptor)") == true)
    }
  }

  @Test func `connections over TCP have one limit together, and none of a Unix socket is lost to them`() throws {
    let server = try makeServer([
      Listener(try ListenTarget("127.0.0.1:0")), Listener(try ListenTarget("127.0.0.2:0")), Listener(.unix(path: path)),
    ]) { $0.connectionLimit = 2 }
    let port = try #require(server.boundPort)
    let first = try RawClient(port: port)
    let second = try RawClient(port: port)
    #expect(status(first) == 200 && status(second) == 200)
    #expect(status(try RawClient(port: port)) == 0)
    #expect(status(try RawClient(socket: path)) == 200)
    server.stop()
  }

  /// A socket at `path`.
  private func boundSocket(listens: Bool) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    try #require(bound(descriptor, address) == 0)
    if listens { try #require(listen(descriptor, 8) == 0) }
    return descriptor
  }

  private func bound<Address>(_ descriptor: Int32, _ address: Address) -> Int32 {
    withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}
