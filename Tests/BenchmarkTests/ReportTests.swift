import Benchmark
import Primitives
import Testing

@Suite("The benchmark's report")
struct ReportTests {
  @Test("The median is the middle sample, or the mean of the two in the middle")
  func median() {
    #expect(Measurement([3, 1, 2]).median == 2)
    #expect(Measurement([4, 1, 3, 2]).median == 2.5)
    #expect(Measurement([5]).median == 5)
  }

  @Test("Rows nest by their path, a repeated number has its spread beside it")
  func nesting() {
    var report = BenchmarkReport(machine: ["cores": 2])
    report.append(BenchmarkRow(["step", "batch1"], [.init("seconds", Measurement([2, 1, 3]))]))
    report.append(BenchmarkRow(["step", "batch1"], [.init("effective_to_sgemm", 2.5)]))
    report.append(BenchmarkRow(["step"], [.init("peak_resident_bytes", 7)]))
    let step = report.json["step"]
    #expect(report.json["machine"]?["cores"] == 2)
    #expect(step?["batch1"]?["seconds"] == 2.0)
    #expect(step?["batch1"]?["seconds_spread"]?["min"] == 1.0)
    #expect(step?["batch1"]?["seconds_spread"]?["samples"] == 3)
    #expect(step?["batch1"]?["effective_to_sgemm"] == 2.5)
    #expect(step?["batch1"]?["effective_to_sgemm_spread"] == nil)
    #expect(step?["peak_resident_bytes"] == 7.0)
  }

  @Test("A small benchmark checks, measures, and reports the ratio under the name that is promised")
  func smallRun() throws {
    var options = BenchmarkOptions()
    options.parts = [.step]
    options.batches = [1]
    options.size = 32
    options.repetitions = 1
    var rows = 0
    let report = try BenchmarkSuite(options: options) { _ in rows += 1 }.run()
    guard case .number(let ratio)? = report.json["step"]?["batch1"]?["effective_to_sgemm"] else {
      Issue.record("step.batch1.effective_to_sgemm is missing")
      return
    }
    #expect(ratio > 0 && ratio.isFinite)
    #expect(rows == report.rows.count && rows > 0)
  }
}
