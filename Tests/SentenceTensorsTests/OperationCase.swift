// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import Testing

/// One operation with the inputs, the result and the gradients that PyTorch recorded for it.
struct OperationCase: CustomTestStringConvertible, Sendable {
    let name: String
    let inputs: [String]
    let compute: @Sendable ([Parameter]) -> Tensor

    var testDescription: String { name }

    init(_ name: String, _ inputs: String..., compute: @escaping @Sendable ([Parameter]) -> Tensor) {
        self.name = name
        self.inputs = inputs
        self.compute = compute
    }

    static let all: [OperationCase] =
        Activation.allCases.map { activation in
            OperationCase("linear_\(activation.rawValue)", "x", "w", "b", "residual") { p in
                LinearLayer(weights: [p[1]], biases: [p[2]])(p[0].value, activation: activation, residual: p[3].value)
            }
        }
        + Saturation.allCases.flatMap { saturation in
            [
                OperationCase("saturated_\(saturation.rawValue)", "x") { p in p[0].value.saturated(saturation) },
                OperationCase("reduced_sum_\(saturation.rawValue)", "x", "w", "b") { p in
                    LinearLayer(weights: [p[1]], biases: [p[2]]).reduced(
                        p[0].value, over: TextOffsets([0, 1, 6, 9]), by: .sum(of: saturation))
                },
            ]
        }
        + ElementFunction.allCases.map { function in
            OperationCase("mapped_\(function)", "x") { p in p[0].value.mapped(function) }
        } + [
            OperationCase("linear_blocks", "x", "w0", "w1", "b0", "b1") { p in
                LinearLayer(weights: [p[1], p[2]], biases: [p[3], p[4]])(p[0].value)
            },
            OperationCase("layer_norm", "x", "w", "b") { p in
                LayerNorm(weight: p[1], bias: p[2], epsilon: 1e-5)(p[0].value)
            },
            OperationCase("attention", "qkv") { p in
                p[0].value.attention(
                    TextOffsets([0, 1, 51, 53, 70]), AttentionShape(heads: 2, scale: 1 / Float(12).squareRoot()))
            },
            OperationCase("attention_of_few", "qkv") { p in
                p[0].value.attention(
                    TextOffsets([0, 1, 51, 53, 70], keyCounts: [1, 33, 0, 5]),
                    AttentionShape(heads: 2, scale: 1 / Float(12).squareRoot()))
            },
            OperationCase("attention_options", "qkv", "bias") { p in
                p[0].value.attention(
                    TextOffsets([0, 1, 51, 53, 70]),
                    AttentionShape(heads: 4, keyValueHeads: 2, scale: 0.3, left: 9, right: 4, relativeBias: p[1].value))
            },
            OperationCase("rms_norm", "x", "w") { p in RMSNorm(weight: p[1], offset: 1, epsilon: 1e-5)(p[0].value) },
            OperationCase("head_norm", "x", "w") { p in
                RMSNorm(weight: p[1], epsilon: 1e-5).normalizing(p[0].value, columns: 3..<27)
            },
            OperationCase("rotation", "x") { p in
                let table = RotaryTable(TextOffsets([0, 4, 9])) { _ in [1, 0.5, 0.125] }
                return p[0].value.rotated(by: table, heads: 2, headSize: 10)
            },
            OperationCase("head_separation", "x", "q", "v") { p in
                HeadSeparation(heads: 2, queryBias: p[1], valueBias: p[2])(p[0].value)
            },
            OperationCase("gated_convolution", "x", "w", "b") { p in
                GatedConvolution(weight: p[1], bias: p[2])(p[0].value, TextOffsets([0, 1, 3, 11]))
            },
            OperationCase("gated", "x") { p in p[0].value.gated(.gelu) },
            OperationCase("gated_second", "x") { p in p[0].value.gated(.silu, gateFirst: false) },
            OperationCase("pooling", "x") { p in
                p[0].value.pooled(
                    TextOffsets([0, 1, 8, 11]), by: [.first, .maximum, .mean, .meanSquareRoot, .weightedMean, .last])
            },
            OperationCase("normalize", "x") { p in p[0].value.normalized() },
            OperationCase("softmax", "x") { p in p[0].value.softmax() },
            OperationCase("log_softmax", "x") { p in p[0].value.logSoftmax() },
            OperationCase("log_sum_exp", "x") { p in p[0].value.logSumExp() },
            OperationCase("product", "a", "b") { p in p[0].value.product(transposed: p[1].value) },
            OperationCase("row_range", "x") { p in p[0].value.rowRange(2..<5) },
            OperationCase("column_range", "x") { p in p[0].value.columnRange(1..<6) },
            OperationCase("beside", "a", "b") { p in .beside([p[0].value, p[1].value, p[0].value]) },
            OperationCase("above", "a", "b") { p in .above([p[0].value, p[1].value, p[0].value]) },
            OperationCase("gathering_rows", "x") { p in p[0].value.gatheringRows([3, nil, 0, 3, 4]) },
            OperationCase("scaling_rows", "x") { p in p[0].value.scalingRows(by: [0.5, -2, 0, 3, 1, 7]) },
            OperationCase("windows", "x") { p in p[0].value.windows(TextOffsets([0, 1, 4, 6]), reach: 1) },
            OperationCase("gathered_as_columns", "x") { p in p[0].value.gatheredAsColumns([2, 0, 2]) },
            OperationCase("embedding", "words", "positions") { p in
                EmbeddingTable.sum([
                    (EmbeddingTable(p[0]), [3, 0, 3, 6, 1]), (EmbeddingTable(p[1]), [0, 1, 2, 3, 4]),
                ])
            },
            OperationCase("reduced_maximum", "x", "w", "b") { p in
                LinearLayer(weights: [p[1]], biases: [p[2]]).reduced(
                    p[0].value, over: TextOffsets([0, 1, 6, 9]), by: .maximum)
            },
            OperationCase("reduced_without_bias", "x", "w") { p in
                LinearLayer(weights: [p[1]]).reduced(p[0].value, over: TextOffsets([0, 1, 6, 9]), by: .maximum)
            },
            OperationCase("weighted_mean", "a", "b", "c", "weights") { p in
                .weightedMean(p[..<3].map(\.value), weights: p[3].value)
            },
            OperationCase("standardized", "x") { p in p[0].value.standardized(epsilon: 1e-5) },
            OperationCase("adding_row", "x", "row") { p in p[0].value.adding(-0.5, row: p[1].value) },
            OperationCase("keeping_elements", "x") { p in p[0].value.keepingElements(at: [0, 3, 6, 11]) },
            OperationCase("gathering_elements", "x") { p in p[0].value.gatheringElements([4, 0, 4, 5]) },
            OperationCase("spread", "x") { p in p[0].value.spread(over: [3, 1, 3, 0, 3], TextOffsets([0, 3, 3, 5])) },
            OperationCase("exchanging", "x") { p in p[0].value.transposingLastTwo() },
            OperationCase("linear_convolution", "x", "w", "b") { p in
                LinearLayer(weights: [p[1]], biases: [p[2]], order: .convolution)(p[0].value)
            },
            OperationCase("max_sim", "q0", "q1", "d0", "d1", "d2") { p in
                .maxSim(p[..<2].map(\.value), p[2...].map(\.value), emptyScore: 0)
            },
            OperationCase("ranking_loss", "a", "b") { p in
                let scores = 20 * p[0].value.normalized().product(transposed: p[1].value.normalized())
                let diagonal = Tensor((0..<36).map { $0 % 7 == 0 ? 1 : 0 }, shape: [6, 6])
                return (Float(1) / 6) * (scores.logSumExp().sum() + -1 * (scores * diagonal).sum())
            },
        ]

    /// The recorded tensors, whose names begin with the case's.
    func recorded(_ key: String) throws -> Tensor {
        try Self.file.get().tensor(named: "\(name).\(key)").float32()
    }

    private static let file = Result { try Checkpoint(file: Fixture.url("tensors/operations.safetensors")) }

    /// The inputs as parameters.
    func parameters() throws -> [Parameter] { try inputs.map { Parameter(try recorded($0)) } }
}

/// The largest difference, relative to the largest expected element.
func relativeDifference(_ found: Tensor, _ expected: Tensor) -> Double {
    let scale = expected.floats.reduce(0) { max($0, abs(Double($1))) }
    return zip(found.floats, expected.floats).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
        / max(scale, 1e-30)
}
