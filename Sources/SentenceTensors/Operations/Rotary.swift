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

/// The cosines and sines by which every token of a batch is rotated.
///
/// Su et al., *RoFormer: Enhanced Transformer with Rotary Position Embedding*, 2021,
/// <https://arxiv.org/abs/2104.09864>.
package struct RotaryTable: Sendable {
    /// `[positions, pairs]`; the positions of each kind of text follow those of the kind before.
    let cosines: Tensor
    /// Arranged like the cosines.
    let sines: Tensor
    /// The row for every token, `[totalTokens]`.
    let rows: [Int]

    /// A table for the texts of a batch.
    ///
    /// - Parameters:
    ///   - texts: Where each text begins.
    ///   - magnitude: A factor on cosines and sines.
    ///   - kind: Maps the length of a text to its kind, which determines its frequencies.
    ///   - frequencies: The angle of each pair at position 1 in texts of a kind; equally many for every kind.
    package init(
        _ texts: TextOffsets, magnitude: Float = 1, kind: (_ length: Int) -> Int = { _ in 0 },
        frequencies: (_ kind: Int) -> [Float]
    ) {
        let kinds = (0..<texts.count).map { kind(texts[$0].count) }
        var longest: [Int: Int] = [:]
        for (text, kind) in kinds.enumerated() { longest[kind] = max(longest[kind] ?? 0, texts[text].count) }
        var firstRows: [Int: Int] = [:]
        var (rowCount, pairs, angles) = (0, 0, [Float]())
        for (kind, length) in longest.sorted(by: { $0.key < $1.key }) {
            let frequencies = frequencies(kind)
            firstRows[kind] = rowCount
            (rowCount, pairs) = (rowCount + length, frequencies.count)
            // The angle is rounded to float32 as in the reference; at large positions that makes a difference.
            for position in 0..<length { angles += frequencies.map { Float(position) * $0 } }
        }
        let shape = [rowCount, pairs]
        cosines = Tensor(angles.map { Float(cos(Double($0))) * magnitude }, shape: shape)
        sines = Tensor(angles.map { Float(sin(Double($0))) * magnitude }, shape: shape)
        rows = kinds.enumerated().flatMap { text, kind in
            let first = firstRows[kind] ?? 0
            return first..<first + texts[text].count
        }
    }

    private init(_ cosines: Tensor, _ sines: Tensor, _ rows: [Int]) {
        (self.cosines, self.sines, self.rows) = (cosines, sines, rows)
    }

    /// The same angles for some of the tokens.
    package func choosing(_ tokens: [Int]) -> RotaryTable { RotaryTable(cosines, sines, tokens.map { rows[$0] }) }
}

extension Tensor {
    /// Rotates the first `heads` groups of `headSize` columns by the angles of each token.
    ///
    /// A pair is column i and column i + pairs of a group; columns after the pairs stay as they are.
    package func rotated(by table: RotaryTable, heads: Int, headSize: Int) -> Tensor {
        precondition(rows == table.rows.count && heads * headSize <= columns, "\(shape) has no \(heads) heads")
        return rotated(table, heads, headSize, negative: false)
            .recorded(from: [node]) { [$0.rotated(table, heads, headSize, negative: true)] }
    }

    private func rotated(_ table: RotaryTable, _ heads: Int, _ headSize: Int, negative: Bool) -> Tensor {
        let half = table.cosines.columns
        return rewritingRows { kernels, row, index in
            withExtendedLifetime((table.cosines.storage, table.sines.storage)) {
                let first = table.rows[index] * half
                kernels.rotate_f32(
                    row, row, table.cosines.pointer + first, table.sines.pointer + first, negative, heads, headSize,
                    half)
            }
        }
    }
}
