// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTransformers

/// How parameters follow their gradients.
public enum Optimizer: Sendable, Equatable {
    /// AdamW. Loshchilov and Hutter, *Decoupled Weight Decay Regularization*, 2019,
    /// <https://arxiv.org/abs/1711.05101>.
    case adamW(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
    /// Stochastic gradient descent.
    case sgd
    /// Adafactor with a given learning rate. Shazeer and Stern, *Adafactor: Adaptive Learning Rates with Sublinear
    /// Memory Cost*, 2018, <https://arxiv.org/abs/1804.04235>.
    case adafactor
}

/// An optimizer at work, with what it remembers of each parameter.
package protocol OptimizerState {
    /// Changes the value of every parameter that has a gradient.
    ///
    /// - Parameters:
    ///   - values: The parameters.
    ///   - gradients: For each its gradient; nil leaves the parameter as it is.
    ///   - rates: For each its learning rate and weight decay.
    ///   - gradientScale: What gradients are multiplied with, for clipping.
    mutating func step(
        _ values: [TrainedParameter], _ gradients: [Gradient?], _ rates: [ParameterRate], gradientScale: Float)
    /// What a checkpoint holds of it, by name.
    var tensors: [String: Tensor] { get }
    /// Goes on from a checkpoint.
    ///
    /// - Throws: ``TrainingError`` if a tensor is missing or has another shape.
    mutating func restore(_ tensors: [String: Tensor], for values: [TrainedParameter]) throws
}

/// How far a parameter goes in one step.
package struct ParameterRate: Sendable, Equatable {
    /// The learning rate.
    package var learningRate: Float
    /// The weight decay.
    package var weightDecay: Float

    /// The given rates.
    package init(learningRate: Float, weightDecay: Float) {
        self.learningRate = learningRate
        self.weightDecay = weightDecay
    }
}

extension Optimizer {
    /// An optimizer that remembers nothing yet.
    package func state() -> any OptimizerState {
        switch self {
        case .adamW(let beta1, let beta2, let epsilon): AdamW(beta1: beta1, beta2: beta2, epsilon: epsilon)
        case .sgd: SGD()
        case .adafactor: Adafactor()
        }
    }
}

/// Finds the tensors of a checkpoint by the names of parameters.
struct OptimizerTensors {
    let tensors: [String: Tensor]

    /// A tensor of some shape; nil if the checkpoint has none.
    func tensor(_ name: String, _ shape: [Int]) throws -> MutableTensor? {
        guard let tensor = tensors[name] else { return nil }
        guard tensor.shape == shape else {
            throw TrainingError(
                .invalidCheckpoint, "the optimizer's tensor \(name) has shape \(tensor.shape), expected \(shape)")
        }
        return MutableTensor(copying: tensor)
    }

    /// The number that is stored under a name.
    func number(_ name: String) throws -> Int {
        guard let tensor = tensors[name], tensor.count == 2 else {
            throw TrainingError(.invalidCheckpoint, "the optimizer's number \(name) is missing")
        }
        let parts = tensor.float32().floats
        return Int(parts[0]) << 20 + Int(parts[1])
    }

    /// A number as a tensor of float32 values that hold it exactly.
    static func number(_ number: Int) -> Tensor {
        Tensor([Float(number >> 20), Float(number & (1 << 20 - 1))], shape: [2])
    }
}
