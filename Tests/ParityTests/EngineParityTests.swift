import Numerics
import Testing

@Suite("Parity with the published code, half 2", .serialized, .timeLimit(.minutes(10)))
struct EngineParityTests {
  @Test(
    "The engine reproduces every quantity of a case within single precision's noise",
    arguments: ParityFixture.caseNames, InstructionSet.available)
  func engine(name: String, instructionSet: InstructionSet) throws {
    try expectParity(name, EngineSubject(instructionSet: instructionSet, pool: ThreadPool()))
  }
}
