// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Operations against PyTorch and finite differences")
struct OperationTests {
    /// Float32 against float64: a few units in the last place, more where sums cancel.
    private static let resultTolerance = 2e-6
    private static let gradientTolerance = 1e-5
    /// Central differences of a float32 function: the step's square and the rounding over the step.
    private static let differenceTolerance = 2e-2

    @Test("Results are PyTorch's", arguments: OperationCase.all, KernelSet.available.indices)
    func results(operation: OperationCase, level: Int) throws {
        let parameters = try operation.parameters()
        let y = Execution.with(kernels: KernelSet.available[level]) { operation.compute(parameters) }
        #expect(y.node == nil, "inference records nothing")
        let expected = try operation.recorded("y")
        #expect(y.shape == expected.shape)
        #expect(relativeDifference(y, expected) <= Self.resultTolerance)
    }

    @Test("Gradients are PyTorch's", arguments: OperationCase.all, KernelSet.available.indices)
    func gradientsAgree(operation: OperationCase, level: Int) throws {
        let parameters = try operation.parameters()
        let found = try Execution.with(kernels: KernelSet.available[level], threads: 2, recordsGradients: true) {
            let y = operation.compute(parameters)
            #expect(relativeDifference(y, try operation.recorded("y")) <= Self.resultTolerance)
            return gradients(of: y, seed: try operation.recorded("seed"), withRespectTo: parameters)
        }
        for (name, gradient) in zip(operation.inputs, found) {
            let gradient = try #require(gradient, "no gradient of \(name)").tensor
            let expected = try operation.recorded("d_\(name)")
            #expect(gradient.shape == expected.shape)
            #expect(relativeDifference(gradient, expected) <= Self.gradientTolerance, "of \(name)")
        }
    }

    @Test("Gradients are the slopes of the results", arguments: OperationCase.all)
    func finiteDifferences(operation: OperationCase) throws {
        let parameters = try operation.parameters()
        let seed = try operation.recorded("seed")
        func loss(_ parameters: [Parameter]) -> Double {
            zip(operation.compute(parameters).floats, seed.floats).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let analytic = Execution.with(recordsGradients: true) {
            gradients(of: operation.compute(parameters), seed: seed, withRespectTo: parameters)
        }
        var random = SeededGenerator(seed: 1)
        for (index, parameter) in parameters.enumerated() {
            // The slope along one random direction sees every element of the gradient.
            let direction = (0..<parameter.tensor.count).map { _ in Float.random(in: -1...1, using: &random) }
            let step: Float = 2e-3
            func moved(_ sign: Float) -> [Parameter] {
                var moved = parameters
                let elements = zip(parameter.tensor.floats, direction).map { $0 + sign * step * $1 }
                moved[index] = Parameter(Tensor(elements, shape: parameter.tensor.shape))
                return moved
            }
            let found = (loss(moved(1)) - loss(moved(-1))) / (2 * Double(step))
            let gradient = try #require(analytic[index]).tensor
            let expected = zip(gradient.floats, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            let scale = zip(gradient.floats, direction).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
            #expect(abs(found - expected) <= Self.differenceTolerance * max(scale, 1), "\(operation.inputs[index])")
        }
    }

    @Test("What is not recorded has no gradient")
    func detached() {
        let a = Parameter(Tensor([1, 2], shape: [1, 2])), b = Parameter(Tensor([3, 4], shape: [1, 2]))
        Execution.with(recordsGradients: true) {
            let y = (a.value * b.value.detached).sum()
            let found = gradients(of: y, withRespectTo: [a, b])
            #expect(found[0]?.tensor.floats == [3, 4])
            #expect(found[1] == nil)
        }
        #expect(gradients(of: a.value + b.value, withRespectTo: [a])[0] == nil)
    }

    @Test("A tensor that is used twice gets both gradients")
    func shared() {
        let a = Parameter(Tensor([1, -2, 3], shape: [1, 3]))
        let found = Execution.with(recordsGradients: true) {
            gradients(of: (a.value * a.value + 3 * a.value).sum(), withRespectTo: [a])
        }
        #expect(found[0]?.tensor.floats == [5, -1, 9])
    }

    /// Operations on numbers that no loss looks through, which refuse a recorded tensor or take none.
    private static let withoutGradient: Set<String> = [
        "compared", "comparedPairwise", "merged", "transposedMatrix",
    ]
    /// What every layer's activation runs through, and what `RandomTests` look at.
    private static let elsewhere: Set<String> = ["activated", "dropout"]

    @Test("Every operation is compared here, or is known to have no gradient")
    func coverage() throws {
        let sources = Fixture.url("../../Sources/SentenceTensors/Operations")
        let cases = try String(contentsOf: Fixture.url("../SentenceTensorsTests/OperationCase.swift"), encoding: .utf8)
        let files = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
        #expect(files.count > 20)
        var operations: Set<String> = []
        for file in files {
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
            let pattern = /package (?:static )?func (\w+|[-+*])\s?\([^{]*?-> Tensor\b/
            operations.formUnion(text.matches(of: pattern).map { String($0.1) })
        }
        // Layers are called by their type.
        operations.subtract(["callAsFunction", "reading"])
        #expect(operations.count > 25)
        for operation in operations.subtracting(Self.withoutGradient).subtracting(Self.elsewhere).sorted() {
            let name = operation.first?.isLetter == true ? ".\(operation)(" : " \(operation) "
            #expect(cases.contains(name) || cases.contains(".\(operation)()"), "\(operation)")
        }
    }
}
