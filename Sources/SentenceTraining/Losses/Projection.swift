// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A linear layer that a loss learns beside the model: x Wᵀ + b.
struct Projection: Sendable, Trainable {
    private var weight: Parameter
    private var bias: Parameter

    /// A new layer, as PyTorch begins with it: all numbers between ±1 / √inputs.
    init(inputs: Int, outputs: Int, _ random: RandomStream) {
        let bound = 1 / Float(max(1, inputs)).squareRoot()
        weight = Parameter(.uniform([outputs, inputs], bound: bound, random.at(0)))
        bias = Parameter(.uniform([outputs], bound: bound, random.at(1)))
    }

    /// What is learned, by the names that PyTorch gives it.
    var parameters: [NamedParameter] { [NamedParameter("weight", weight), NamedParameter("bias", bias)] }

    /// The number of columns that the layer takes.
    var inputs: Int { weight.tensor.columns }

    mutating func update(_ values: ParameterValues) {
        weight.update(values)
        bias.update(values)
    }

    /// The layer's output, `[rows, outputs]`.
    func callAsFunction(_ x: Tensor) -> Tensor { x.product(transposed: weight.value).adding(row: bias.value) }
}
