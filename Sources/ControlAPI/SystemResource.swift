import Foundation
import Glibc
import HTTPServer
import Primitives
import RunStore
import Supervision

extension ControlAPI {
  /// The machine, the process and the queue; copies of the database.
  var machineRoutes: [Route] {
    [
      Route("GET", "/v1/system", showSystem),
      Route("POST", "/v1/system/backup", makeBackup),
      Route("GET", "/v1/system/backups", listBackups),
    ]
  }

  private func showSystem(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let statistics = try supervisor.statistics()
    let usage = dependencies.processUsage()
    let now = supervisor.now
    return .json([
      "version": .string(dependencies.build.version), "started_at": .time(dependencies.startedAt), "now": .time(now),
      "uptime_seconds": .double(now.timeIntervalSince(dependencies.startedAt)),
      "cpu": [
        "cores": .int(ProcessInfo.processInfo.activeProcessorCount), "process_seconds": .double(usage?.cpuSeconds),
        "load_average": .array(MachineState.loadAverage.map { .double($0) }),
      ],
      "memory": memory(usage),
      "disk": [
        "free_bytes": .integer(statistics.freeBytes), "reserve_bytes": .integer(statistics.reserveBytes),
        "database_bytes": .integer(statistics.databaseBytes), "wal_bytes": .integer(statistics.walBytes),
      ],
      "threads": .int(usage?.threads), "open_descriptors": .int(usage?.openDescriptors), "queue": try queue(statistics),
      "streams": ["open": .int(streams.count), "limit": .int(streams.limit)],
      "connections": .int(dependencies.connectionCount()),
      "data_roots": .array(supervisor.dataRoots.map { .string($0) }),
    ])
  }

  private func memory(_ usage: ProcessUsage?) -> JSONValue {
    let machine = SystemMemory.bytes()
    return [
      "resident_bytes": .integer(usage.map { Int64($0.residentBytes) }),
      "virtual_bytes": .integer(usage.map { Int64($0.virtualBytes) }), "total_bytes": .integer(machine["MemTotal"]),
      "available_bytes": .integer(machine["MemAvailable"]),
    ]
  }

  private func queue(_ statistics: SupervisorStatistics) throws -> JSONValue {
    let jobs = try dependencies.jobs?.statistics()
    return [
      "runs_queued": .int(statistics.runs[.queued] ?? 0), "training_run_id": .text(statistics.live?.id.text),
      "jobs_queued": .int(jobs?.jobs.values.reduce(0) { $0 + ($1[.queued] ?? 0) } ?? 0),
      "running_job_id": .text(jobs?.live?.id.text),
    ]
  }

  private func makeBackup(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectMembers()
    let backup = try store.backUp(at: supervisor.now)
    dependencies.logger.info(
      "database backed up", metadata: ["file": "\(backup.name)", "bytes": "\(backup.byteCount)"])
    return .json(Self.json(backup), status: 201)
  }

  private func listBackups(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    return .json(.page(try store.backups().map(Self.json), nextCursor: nil))
  }

  private static func json(_ backup: DatabaseBackup) -> JSONValue {
    [
      "name": .string(backup.name), "bytes": .integer(backup.byteCount), "sha256": .text(backup.sha256),
      "created_at": .time(backup.createdAt),
    ]
  }
}

/// What the system says of the machine.
enum MachineState {
  /// Processes that run or wait to, on average over 1, 5 and 15 minutes; empty where the system does not tell.
  static var loadAverage: [Double] {
    var values = [0.0, 0.0, 0.0]
    return getloadavg(&values, 3) == 3 ? values : []
  }
}
