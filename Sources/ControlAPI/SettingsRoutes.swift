import HTTPServer
import Primitives
import RunStore

extension ControlAPI {
  /// What can be set, so that a form can be made of it.
  var settingsRoutes: [Route] {
    [Route("GET", "/v1/settings/schema", showSettings)]
  }

  private func showSettings(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    var members: [String: JSONValue] = ["runs": supervisor.settingsSchema]
    if let jobs = dependencies.jobs {
      for kind in JobKind.allCases { members[kind.plural] = try jobs.settingsSchema(of: kind) }
    }
    return .json(.object(members))
  }
}
