// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTransformers

/// Stochastic gradient descent: θ ← θ - η (g + λ θ).
package struct SGD: OptimizerState {
    package mutating func step(
        _ values: [TrainedParameter], _ gradients: [Gradient?], _ rates: [ParameterRate], gradientScale: Float
    ) {
        for (value, (gradient, rate)) in zip(values, zip(gradients, rates)) {
            guard let gradient else { continue }
            value.value.scale(by: 1 - rate.learningRate * rate.weightDecay)
            value.value.add(-rate.learningRate * gradientScale, gradient)
        }
    }

    package var tensors: [String: Tensor] { [:] }
    package mutating func restore(_ tensors: [String: Tensor], for values: [TrainedParameter]) {}
}
