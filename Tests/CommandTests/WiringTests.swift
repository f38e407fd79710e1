import Foundation
import Glibc
import Primitives
import RunStore
import Supervision
import Testing
import Training
import TestFiles

@testable import corrflowd

@Suite("The trainer behind the supervisor")
struct NetworkTrainerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A configuration is completed, and its steps and the size of a checkpoint are told")
  func validate() throws {
    let valid = try trainer().validate(configuration: ["profile": "published", "steps": 7])
    #expect(valid.totalSteps == 7)
    #expect(valid.configuration["fit"] == "stretch" && valid.configuration["batch_size"] == 6)
    #expect((63_000_000...64_500_000).contains(valid.checkpointBytes))
  }

  @Test("Weights to start from that lie elsewhere, are missing or are none are refused when the run is created")
  func initialWeights() throws {
    let text = folder.url.appending(path: "text.safetensors")
    try Data("no weights at all".utf8).write(to: text)
    let outside = "/etc/hostname"
    for path in [outside, "relative.safetensors", folder.url.path + "/../x", folder.url.path + "/missing", text.path] {
      let error = #expect(throws: ConfigurationIssues.self) {
        try trainer(roots: [folder.url]).validate(configuration: ["initial_weights": .string(path)])
      }
      #expect(error?.issues.map(\.pointer) == ["/initial_weights"])
      if path == outside { #expect(error?.description.contains(folder.url.path) == true) }
    }
  }

  @Test("A symbolic link does not lead out of the allowed folders")
  func symbolicLink() throws {
    let link = folder.url.appending(path: "link.safetensors")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: URL(filePath: "/etc/hostname"))
    let error = #expect(throws: ConfigurationIssues.self) {
      try trainer(roots: [folder.url]).validate(configuration: ["initial_weights": .string(link.path)])
    }
    #expect(error?.description.contains("below one of") == true)
  }

  @Test("Every error of training has a reason for the run's record")
  func reasons() {
    let errors: [(TrainingError, ExitReason)] = [
      (.notFinite(step: 1, quantity: "loss", value: .nan, lastCheckpointStep: nil), .nonFiniteLoss),
      (.cannotWrite(file: "f", reason: "r", outOfSpace: true), .disk),
      (.cannotWrite(file: "f", reason: "r", outOfSpace: false), .internalError),
      (.newerFormat(file: "f", version: 2), .checkpoint),
      (.damagedTensor(file: "f", tensor: "t"), .checkpoint),
      (.notEnoughMemory(neededBytes: 2, availableBytes: 1), .memory),
      (.checkpointBeyondEnd(file: "f", step: 2, steps: 1), .configuration),
    ]
    for (error, reason) in errors { #expect(error.exitReason == reason, "\(error)") }
  }

  private func trainer(roots: [URL]? = nil) -> NetworkTrainer {
    NetworkTrainer(weightsRoots: roots, clock: .system)
  }
}

@Suite("Settings of the daemon")
struct DaemonSettingsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A file gives state, address, roots and hosts")
  func file() throws {
    let file = folder.url.appending(path: "daemon.yaml")
    try Data(
      """
      state: /var/lib/corrflowd
      listen: "[::1]:9000"
      data_roots: [\(folder.url.path)]
      allowed_hosts: [trainer.lan]
      """.utf8
    ).write(to: file)
    let settings = try DaemonSettings(file: file.path).validated()
    #expect(
      settings.state.path == "/var/lib/corrflowd" && settings.listeners.map(\.target.description) == ["[::1]:9000"])
    #expect(settings.dataRoots.map(\.path) == [folder.url.path] && settings.allowedHosts == ["trainer.lan"])
  }

  @Test("All that is wrong with a file is told at once")
  func badFile() throws {
    let file = folder.url.appending(path: "daemon.yaml")
    try Data("state: 1\nlisten: 1\ndata_roots: x\nallowed_hosts: [1]\nport: 3\n".utf8).write(to: file)
    let error = #expect(throws: ConfigurationIssues.self) { try DaemonSettings(file: file.path) }
    #expect(
      error?.issues.map(\.pointer) == ["/allowed_hosts", "/data_roots", "/listen", "/port", "/state"])
  }

  @Test("A missing state folder, a bad address and a data root that is none are told at once")
  func badSettings() throws {
    var settings = try DaemonSettings(file: nil)
    settings.listen = ["example.org:80"]
    settings.dataRoots = [folder.url.path, folder.url.path + "/missing"]
    let error = #expect(throws: ConfigurationIssues.self) { try settings.validated() }
    #expect(error?.issues.map(\.pointer) == ["/listen", "/state", "/data_roots/1"])
  }
}

@Suite("The system")
struct SystemTests {
  @Test("Available memory is read from /proc/meminfo")
  func memory() {
    let text = "MemTotal:       24 kB\nMemFree:         1 kB\nMemAvailable:   12 kB\n"
    #expect(SystemMemory.availableBytes(meminfo: text) == 12 * 1024)
    #expect(SystemMemory.availableBytes(meminfo: "") == nil)
    #expect((SystemMemory.availableBytes() ?? 0) > 0)
  }

  @Test("The service manager is told over its socket", .timeLimit(.minutes(10)))
  func notify() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path + "/s"
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    ServiceNotifier(environment: ["NOTIFY_SOCKET": path]).notify("READY=1")
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self) == "READY=1")
    ServiceNotifier(environment: [:]).notify("READY=1")
  }
}
