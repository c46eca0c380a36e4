// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTransformers

/// AdamW, as PyTorch computes it.
///
/// m ← m + (1 - β₁)(g - m), v ← β₂ v + (1 - β₂) g²,
/// θ ← (1 - η λ) θ - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε).
///
/// Loshchilov and Hutter, *Decoupled Weight Decay Regularization*, 2019, <https://arxiv.org/abs/1711.05101>.
package struct AdamW: OptimizerState {
    private let beta1: Float
    private let beta2: Float
    private let epsilon: Float
    /// By the names of parameters; a parameter that never had a gradient has none.
    private var moments: [String: Moments] = [:]

    private struct Moments {
        var values: AdamWMoments
        var number = 0
    }

    package init(beta1: Float, beta2: Float, epsilon: Float) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    package mutating func step(
        _ values: [TrainedParameter], _ gradients: [Gradient?], _ rates: [ParameterRate], gradientScale: Float
    ) {
        for (value, (gradient, rate)) in zip(values, zip(gradients, rates)) {
            guard let gradient else { continue }
            var moments =
                moments.removeValue(forKey: value.name) ?? Moments(values: AdamWMoments(shape: value.value.shape))
            moments.number += 1
            moments.values.step(
                value.value, gradient,
                AdamWMoments.Step(
                    learningRate: rate.learningRate, weightDecay: rate.weightDecay, beta1: beta1, beta2: beta2,
                    epsilon: epsilon, number: moments.number, gradientScale: gradientScale))
            self.moments[value.name] = moments
        }
    }

    package var tensors: [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, moments) in moments {
            tensors["\(name).mean"] = moments.values.mean.view
            tensors["\(name).square"] = moments.values.square.view
            tensors["\(name).steps"] = OptimizerTensors.number(moments.number)
        }
        return tensors
    }

    package mutating func restore(_ tensors: [String: Tensor], for values: [TrainedParameter]) throws {
        let found = OptimizerTensors(tensors: tensors)
        moments = [:]
        for value in values {
            guard let mean = try found.tensor("\(value.name).mean", value.value.shape),
                let square = try found.tensor("\(value.name).square", value.value.shape)
            else { continue }
            moments[value.name] = Moments(
                values: AdamWMoments(mean: mean, square: square), number: try found.number("\(value.name).steps"))
        }
    }
}
