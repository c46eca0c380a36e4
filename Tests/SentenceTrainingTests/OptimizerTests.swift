// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTensors
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Optimizers and schedules")
struct OptimizerTests {
    private struct Expected: Decodable {
        struct Schedule: Decodable {
            let name: String
            let warmup: Int
            let factors: [Double]
        }

        let rate: Float
        let decay: Float
        let total: Int
        let shapes: [[Int]]
        let start: [[Float]]
        let gradients: [[[Float]]]
        let after: [String: [[Float]]]
        let schedules: [Schedule]
    }

    private static let expected = Result {
        try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: Fixture.url("optimizers/expected.json")))
    }

    /// Four steps in float32, of which roots and means are taken in another order.
    private static let tolerance: Float = 2e-6

    @Test(
        "Learning rates rise and fall as the reference's, also past the end", arguments: LearningRateSchedule.allCases)
    func schedules(schedule: LearningRateSchedule) throws {
        let expected = try Self.expected.get()
        let cases = expected.schedules.filter { $0.name == schedule.rawValue }
        #expect(cases.count == 2)
        for each in cases {
            for (step, factor) in each.factors.enumerated() {
                let found = schedule.factor(
                    step: step, warmup: each.warmup, total: expected.total, rate: Double(expected.rate))
                // The reference's rate went through a product and a quotient.
                #expect(abs(found - factor) <= 1e-7, "step \(step) after \(each.warmup)")
            }
        }
    }

    @Test(
        "Optimizers lead where the reference's do",
        arguments: [("adamw", Optimizer.adamW()), ("sgd", .sgd), ("adafactor", .adafactor)])
    func optimizers(name: String, optimizer: Optimizer) throws {
        let expected = try Self.expected.get()
        let values = zip(expected.start, expected.shapes).enumerated().map { index, value in
            TrainedParameter(
                NamedParameter("\(index)", Parameter(Tensor(value.0, shape: value.1))))
        }
        let rate = ParameterRate(learningRate: expected.rate, weightDecay: expected.decay)
        var state = optimizer.state()
        for (step, gradients) in expected.gradients.enumerated() {
            // A checkpoint between two steps changes nothing.
            if step == 2 {
                let saved = state.tensors
                state = optimizer.state()
                try state.restore(saved, for: values)
            }
            state.step(
                values, zip(gradients, expected.shapes).map { Gradient(Tensor($0, shape: $1)) },
                values.map { _ in rate }, gradientScale: 1)
        }
        for (value, wanted) in zip(values, try #require(expected.after[name])) {
            for (found, wanted) in zip(value.value.view.floats, wanted) {
                #expect(abs(found - wanted) <= Self.tolerance * max(1, abs(wanted)), "\(found), expected \(wanted)")
            }
        }
    }
}
