import ReferenceMethod
import Testing

@Suite("Parity with the published code, half 1", .timeLimit(.minutes(10)))
struct ReferenceParityTests {
  @Test(
    "The reference implementation in doubles reproduces every quantity of a case", arguments: ParityFixture.caseNames)
  func reference(name: String) throws {
    try expectParity(name, ReferenceSubject())
  }
}

/// Examines one case, prints its table, and expects every row to be within its tolerance.
func expectParity(_ name: String, _ subject: any ParitySubject, sourceLocation: SourceLocation = #_sourceLocation)
  throws
{
  var examination = ParityExamination(try ParityFixture.parityCase(name), subject)
  let time = try ContinuousClock().measure { try examination.run() }
  let title = "\(name), \(subject.name)"
  print(examination.table.text(title: title, seconds: time / .seconds(1)))
  #expect(
    !examination.table.rows.isEmpty, "case '\(name)' states nothing that is checked", sourceLocation: sourceLocation)
  for row in examination.table.rows {
    let comment: Comment = "\(title): \(row.quantity) off by \(row.error), allowed \(row.tolerance): \(row.item)"
    #expect(row.passes, comment, sourceLocation: sourceLocation)
  }
}
