import HTTPServer
import Primitives
import RunStore

extension QueryReader {
  /// The `limit` of a list: 1 ... 200, 50 when absent.
  mutating func limit(upTo most: Int = 200) -> Int {
    integer("limit", in: 1...most) ?? 50
  }

  /// `include=total`: counting is as much work as there are items, so it is done when it is asked for.
  mutating func includesTotal() -> Bool {
    word("include", of: ["total"]) != nil
  }
}

extension Cursor {
  /// The identifier that `cursor` holds.
  ///
  /// - Throws: 400 when it is malformed or of another list.
  static func id(_ cursor: String, filter: String) throws(Problem) -> ULID {
    guard let id = ULID(try last(cursor, filter: filter)) else {
      throw .malformed("The cursor is not one of this server's; start again without it.")
    }
    return id
  }
}

extension ControlAPI {
  /// A page of a list, with the cursor to the next one in the body and as a `Link`.
  ///
  /// - Parameters:
  ///   - last: key of the last item when there are more.
  ///   - filter: what the list is of; the cursor is good for this list only.
  ///   - total: items of the whole list, when the client asked.
  func listResponse(
    _ items: [JSONValue], _ last: String?, _ filter: String, _ request: HTTPRequest, total: Int? = nil
  ) -> HTTPResponse {
    let cursor = last.map { Cursor.make(last: $0, filter: filter) }
    var members: [String: JSONValue] = ["items": .array(items), "next_cursor": .text(cursor)]
    if let total { members["total"] = .int(total) }
    var response = HTTPResponse.json(.object(members))
    if let cursor {
      // The query as it came, without an older cursor.
      let query =
        request.target.drop { $0 != "?" }.dropFirst().split(separator: "&")
        .filter { !$0.hasPrefix("cursor=") } + ["cursor=\(cursor)"]
      response.headers["Link"] = "<\(request.path)?\(query.joined(separator: "&"))>; rel=\"next\""
    }
    return response.taggedByContent(for: request)
  }
}
