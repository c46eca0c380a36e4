// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The cosines and sines of every position's angles, `[positions, pairs]` each.
///
/// Su et al., *RoFormer: Enhanced Transformer with Rotary Position Embedding*, 2021,
/// <https://arxiv.org/abs/2104.09864>.
package struct RotaryTable: Sendable {
    let cosines: Tensor
    let sines: Tensor

    /// - Parameters:
    ///   - positions: The number of positions, from 0.
    ///   - frequencies: The angle of each pair at position 1.
    ///   - scale: What cosines and sines are multiplied with.
    package init(positions: Int, frequencies: [Float], scale: Float = 1) {
        func table(_ function: (Double) -> Double) -> Tensor {
            Tensor(shape: [positions, frequencies.count]) { out in
                for position in 0..<positions {
                    for (pair, frequency) in frequencies.enumerated() {
                        // The angle is rounded to float32 as in the reference; far along a text that is what counts.
                        let angle = Float(position) * frequency
                        out[position * frequencies.count + pair] = Float(function(Double(angle))) * scale
                    }
                }
            }
        }
        cosines = table { cos($0) }
        sines = table { sin($0) }
    }
}

extension Tensor {
    /// Turns the first `heads` groups of `headSize` columns by the angles of each token's position in its text.
    ///
    /// The pairs are column i and column i + pairs of a group; columns behind the pairs stay as they are.
    package func rotated(_ texts: TextOffsets, by table: RotaryTable, heads: Int, headSize: Int) -> Tensor {
        precondition(rows == texts.totalTokens && heads * headSize <= columns, "\(shape) has no \(heads) heads")
        return rotated(texts.positions, table, heads, headSize, negative: false)
            .recorded(from: [node]) { gradient in
                [gradient.rotated(texts.positions, table, heads, headSize, negative: true)]
            }
    }

    private func rotated(
        _ positions: [Int], _ table: RotaryTable, _ heads: Int, _ headSize: Int, negative: Bool
    ) -> Tensor {
        let half = table.cosines.columns
        return rewritingRows { kernels, row, index in
            withExtendedLifetime((table.cosines.storage, table.sines.storage)) {
                let first = positions[index] * half
                kernels.rotate_f32(
                    row, row, table.cosines.pointer + first, table.sines.pointer + first, negative, heads, headSize,
                    half)
            }
        }
    }
}

extension TextOffsets {
    /// The position of every token in its text, from 0.
    package var positions: [Int] { (0..<count).flatMap { 0..<self[$0].count } }
}
