import Foundation
import ReferenceMethod
import SafeTensors
import Testing

/// The folder of single operations, for debugging; it is beside the checkout, not in it.
private let operations: URL = {
  let environment = ProcessInfo.processInfo.environment["CORRFLOW_SHARED"]
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let shared = environment.map { URL(fileURLWithPath: $0) } ?? root.appendingPathComponent("shared")
  return shared.appendingPathComponent("fixtures/pytorch")
}()
private let isPresent = FileManager.default.fileExists(
  atPath: operations.appendingPathComponent("ops.safetensors").path)

@Suite(
  "The reference's single operations agree with PyTorch's",
  .enabled(if: isPresent, "the folder shared/fixtures/pytorch is not beside the checkout"))
struct PublishedOperationTests {
  @Test("Adam, over four steps and a change of the learning rate, to 1e-7")
  func adam() throws {
    let file = try open("adam")
    var parameters = ["p": try tensor(file, "p0")]
    var optimiser = Adam()
    for (index, rate) in [2e-4, 2e-4, 1e-4, 1e-4].enumerated() {
      optimiser.update(&parameters, gradients: ["p": try tensor(file, "g\(index)")], learningRate: rate)
      let after = try #require(parameters["p"])
      #expect(TensorDistance.relativeL2(after, try tensor(file, "p\(index + 1)")) < 1e-7)
    }
  }

  @Test("Attention, and colours on their way to the grid, through it and back", arguments: ["a", "b", "c"])
  func attention(prefix: String) throws {
    let file = try open("ops")
    let (target, reference) = (try tensor(file, "\(prefix).feat_t"), try tensor(file, "\(prefix).feat_r"))
    let (batch, _, height, width) = target.imageExtents
    let window = AttentionWindow.restricted(height: height, width: width, radius: 6)
    let map = Attention.map(target: target, reference: reference, window: window)
    let published = try tensor(file, "\(prefix).attn")
    #expect(TensorDistance.greatest(map, DoubleTensor(map.shape, published.data)) < 1e-4)
    let colours = ColourGrid.fromProbabilities(try tensor(file, "\(prefix).colour"))
    #expect(TensorDistance.relativeL2(colours, try tensor(file, "\(prefix).prep_colour")) < 1e-6)
    let copy = Attention.copy(map: map, colours: colours, window: window)
    #expect(TensorDistance.relativeL2(copy, try tensor(file, "\(prefix).out")) < 1e-4)
    let output = Upsampling.forward(copy)
    #expect(TensorDistance.relativeL2(output, try tensor(file, "\(prefix).up")) < 1e-4)
    let classes = try tensor(file, "\(prefix).label").data.map { UInt8($0) }
    let onGrid = ColourGrid.fromClasses(
      classes, batch: batch, height: 4 * height, width: 4 * width, profile: .published)
    #expect(onGrid.data == (try tensor(file, "\(prefix).prep_label")).data)

    // The loss is the cross entropy of the enlarged copy against the labels.
    let gradient = Attention.copyBackward(
      map: map, colours: colours,
      copyGradient: Upsampling.backward(fullGradient: CrossEntropy.backward(output, classes: classes, weight: 1)),
      window: window)
    let features = Attention.mapBackward(
      map: map, mapGradient: gradient.map, target: target, reference: reference, window: window)
    let full = ColourGrid.fromProbabilitiesBackward(gridGradient: gradient.colours)
    #expect(TensorDistance.relativeL2(features.target, try tensor(file, "\(prefix).grad_feat_t")) < 1e-4)
    #expect(TensorDistance.relativeL2(features.reference, try tensor(file, "\(prefix).grad_feat_r")) < 1e-4)
    #expect(TensorDistance.relativeL2(full, try tensor(file, "\(prefix).grad_colour")) < 1e-4)
  }

  @Test("Batch normalisation, in training and evaluation")
  func batchNorm() throws {
    let file = try open("ops")
    let (input, weight, bias) = (try tensor(file, "bn.x"), try tensor(file, "bn.weight"), try tensor(file, "bn.bias"))
    let (output, tape) = BatchNorm.train(input, weight: weight, bias: bias)
    #expect(TensorDistance.relativeL2(output, try tensor(file, "bn.y")) < 1e-6)
    let gradients = BatchNorm.backward(tape, weight: weight, outputGradient: try tensor(file, "bn.gy"))
    #expect(TensorDistance.relativeL2(gradients.input, try tensor(file, "bn.gx")) < 1e-6)
    #expect(TensorDistance.relativeL2(gradients.weight, try tensor(file, "bn.gw")) < 1e-6)
    #expect(TensorDistance.relativeL2(gradients.bias, try tensor(file, "bn.gb")) < 1e-6)
    let evaluated = BatchNorm.normalise(
      input, mean: try tensor(file, "bn.running_mean").data, variance: try tensor(file, "bn.running_var").data,
      weight: weight, bias: bias)
    #expect(TensorDistance.relativeL2(evaluated.output, try tensor(file, "bn.y_eval")) < 1e-6)
  }

  @Test("Convolutions", arguments: ["conv7s2", "conv3s1", "conv3s2", "conv1s2"])
  func convolution(name: String) throws {
    let file = try open("ops")
    let (input, weight) = (try tensor(file, "\(name).x"), try tensor(file, "\(name).w"))
    let kernel = weight.shape[2]
    let convolution = Convolution(stride: name.hasSuffix("2") ? 2 : 1, padding: kernel / 2)
    let bias = file.tensors["\(name).b"] == nil ? nil : try tensor(file, "\(name).b")
    let output = convolution.forward(input, weight: weight, bias: bias)
    #expect(TensorDistance.relativeL2(output, try tensor(file, "\(name).y")) < 1e-6)
    let gradients = convolution.backward(
      input: input, weight: weight, outputGradient: try tensor(file, "\(name).gy"))
    #expect(TensorDistance.relativeL2(gradients.input, try tensor(file, "\(name).gx")) < 1e-6)
    #expect(TensorDistance.relativeL2(gradients.weight, try tensor(file, "\(name).gw")) < 1e-6)
  }

  private func open(_ name: String) throws -> SafeTensorsFile {
    try SafeTensorsFile(contentsOf: operations.appendingPathComponent("\(name).safetensors"))
  }

  private func tensor(_ file: SafeTensorsFile, _ name: String) throws -> DoubleTensor {
    try DoubleTensor(file.info(name).shape, file.floats(name))
  }
}
