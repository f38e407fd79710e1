import HTTPServer
import RunStore
import Supervision

extension ControlAPI {
  /// `POST /v1/runs/{id}/{pause,resume,stop,kill,checkpoint}`.
  ///
  /// 202 when something will happen, 200 when the run is where it was asked to be, so that a command can be repeated
  /// safely; 409 with the state and what is possible when it makes no sense.
  var runCommandRoutes: [Route] {
    RunCommand.allCases.map { command in
      Route("POST", "/v1/runs/{id}/\(command.rawValue)") { request in
        try request.rejectMembers()
        let id = try runID(request)
        let run = try supervisor.run(id)
        try request.checkGivenIfMatch(ResourceRevision(run)) { $0.revision != run.revision }
        let result = try supervisor.command(command, run: id)
        return try runResponse(result.run, status: result.changed ? 202 : 200)
      }
    }
  }
}

extension HTTPRequest {
  /// A command has no parameters: an empty body, or an empty object.
  func rejectMembers() throws(Problem) {
    try rejectParameters()
    guard !body.isEmpty else { return }
    var reader = try BodyReader(self)
    try reader.finish()
  }
}
