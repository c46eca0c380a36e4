// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A change of a matrix W by a product of two narrow ones: a layer then computes x Wᵀ + scale · (x Aᵀ) Bᵀ.
///
/// W itself stays as it is, so that layers with different adapters share it.
///
/// Hu et al., *LoRA: Low-Rank Adaptation of Large Language Models*, 2021, <https://arxiv.org/abs/2106.09685>.
package struct LowRankAdapter: Sendable, Trainable {
    /// A, `[rank, inputs]`.
    package var down: Parameter { downLayer.weights[0] }
    /// B, `[outputs, rank]`.
    package var up: Parameter { upLayer.weights[0] }
    /// What the product is multiplied with.
    package let scale: Float
    /// The probability with which training leaves out numbers of x.
    package let dropout: Float

    private var downLayer: LinearLayer
    private var upLayer: LinearLayer
    /// Distinguishes its random numbers from those of other adapters in the same block.
    private let place: Int

    /// The first of the places that adapters draw random numbers at, above those of blocks.
    private static let firstPlace = 1 << 17

    /// An adapter of the given matrices.
    ///
    /// - Parameters:
    ///   - down: A, `[rank, inputs]`.
    ///   - up: B, `[outputs, rank]`.
    ///   - scale: What the product is multiplied with.
    ///   - dropout: The probability with which training leaves out numbers of the input, 0 to 1.
    ///   - place: The number of the adapter in its model, which selects its random numbers.
    package init(down: Parameter, up: Parameter, scale: Float, dropout: Float = 0, place: Int = 0) {
        precondition(down.tensor.rows == up.tensor.columns, "ranks differ: \(down.tensor.shape), \(up.tensor.shape)")
        self.scale = scale
        self.dropout = dropout
        self.place = Self.firstPlace + place
        // Narrow matrices gain nothing from eight bits, which would lose what was learned.
        let precision = Execution.current.precision
        (downLayer, upLayer) = Execution.with(precision: precision == .int8 ? .float32 : precision) {
            (LinearLayer(weights: [down]), LinearLayer(weights: [up]))
        }
    }

    /// What is added to the layer's output.
    ///
    /// - Parameter x: `[rows, inputs]`.
    /// - Returns: `[rows, outputs]`.
    func callAsFunction(_ x: Tensor) -> Tensor { upLayer(scale * downLayer(x.dropout(dropout, place: place))) }

    /// The sum of a matrix and its change, `[outputs, inputs]`.
    package func merged(into matrix: Tensor) -> Tensor {
        let change = scale * up.tensor.float32().product(transposed: down.tensor.float32().transposedMatrix())
        return matrix.float32() + change.reshaped(matrix.shape)
    }

    /// Takes new values, and packs again the matrices that change.
    package mutating func update(_ values: ParameterValues) {
        downLayer.update(values)
        upLayer.update(values)
    }
}

/// The adapters of the matrices that have one.
package struct AdapterSet: Sendable {
    private var adapters: [ObjectIdentifier: LowRankAdapter] = [:]

    /// No adapters.
    package init() {}

    /// The adapter of a matrix.
    package subscript(weight: Parameter) -> LowRankAdapter? {
        get { adapters[weight.identity] }
        set { adapters[weight.identity] = newValue }
    }
}
