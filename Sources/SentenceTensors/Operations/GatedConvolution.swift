// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// c ⊙ conv(b ⊙ x): a short convolution of every column along its text, between two gates.
///
/// Each token sees itself and the tokens before it in its text: conv(u)_t = bias + Σ_d weight_d ⊙ u_{t - d}. Liquid AI,
/// *LFM2 Technical Report*, 2025, <https://arxiv.org/abs/2511.23404>.
package struct GatedConvolution: Sendable, Trainable {
    private var weight: Parameter
    private var bias: Parameter?
    /// The weights as `[taps, size]`; row taps - 1 - d belongs to the token d positions earlier.
    private var taps: Tensor
    /// The bias, or zeros: `[size]`.
    private var offset: Tensor

    private var size: Int { taps.columns }

    /// A convolution with the given weights.
    ///
    /// - Parameters:
    ///   - weight: `[size, 1, taps]`.
    ///   - bias: `[size]`, or nil.
    package init(weight: Parameter, bias: Parameter?) {
        let shape = weight.tensor.shape
        precondition(shape.count == 3 && shape[1] == 1, "\(shape) is no convolution of columns by themselves")
        self.weight = weight
        self.bias = bias
        (taps, offset) = Self.derived(weight, bias)
    }

    private static func derived(_ weight: Parameter, _ bias: Parameter?) -> (taps: Tensor, offset: Tensor) {
        let shape = weight.tensor.shape
        return (
            transposed(weight.tensor.float32(), rows: shape[0], columns: shape[2]),
            bias?.tensor.float32() ?? .zeros([shape[0]])
        )
    }

    /// Takes new values, and derives the taps again if they change.
    package mutating func update(_ values: ParameterValues) {
        weight.update(values)
        bias.update(values)
        (taps, offset) = Self.derived(weight, bias)
    }

    /// The convolution of every text, between its two gates.
    ///
    /// - Parameters:
    ///   - x: b, c and x side by side, `[totalTokens, 3 * size]`.
    ///   - texts: Where each text begins.
    /// - Returns: `[totalTokens, size]`.
    package func callAsFunction(_ x: Tensor, _ texts: TextOffsets) -> Tensor {
        precondition(x.columns == 3 * size && x.rows == texts.totalTokens, "\(x.shape) is not 3 × \(size) columns")
        let (node, x) = (x.node, x.detached)
        let gated = product(x, column: 0, x, column: 2 * size)
        let convolved = sums(of: gated, texts, ahead: false)
        let y = product(x, column: size, convolved, column: 0)
        return y.recorded(from: [node, weight.node, bias?.node]) { dY in
            let dConvolved = product(x, column: size, dY, column: 0)
            let dGated = sums(of: dConvolved, texts, ahead: true)
            let dX = Tensor.beside([
                product(x, column: 2 * size, dGated, column: 0), product(dY, column: 0, convolved, column: 0),
                product(x, column: 0, dGated, column: 0),
            ])
            return [dX, weightGradient(dConvolved, gated, texts), bias == nil ? nil : dConvolved.columnSums()]
        }
    }

    /// The element-wise product of `size` columns of two matrices.
    private func product(_ a: Tensor, column: Int, _ b: Tensor, column other: Int) -> Tensor {
        let size = size
        return withExtendedLifetime((a.storage, b.storage)) {
            nonisolated(unsafe) let (first, second) = (a.pointer + column, b.pointer + other)
            return Tensor.makingRows(a.rows, columns: size) { kernels, out, row in
                kernels.multiply_f32(out, first + row * a.columns, second + row * b.columns, size)
            }
        }
    }

    /// The convolution, or with `ahead` its transpose, which the backward pass needs.
    private func sums(of x: Tensor, _ texts: TextOffsets, ahead: Bool) -> Tensor {
        let (size, count) = (size, taps.rows)
        let bounds = texts.boundsOfTokens
        return withExtendedLifetime((x.storage, taps.storage, offset.storage)) {
            nonisolated(unsafe) let (x, taps, offset) = (x.pointer, taps.pointer, offset.pointer)
            return Tensor.makingRows(bounds.count, columns: size) { _, out, token in
                if ahead { out.update(repeating: 0, count: size) } else { out.update(from: offset, count: size) }
                for distance in (0..<count).reversed() {
                    let other = ahead ? token + distance : token - distance
                    guard bounds[token].contains(other) else { continue }
                    let (tap, source) = (taps + (count - 1 - distance) * size, x + other * size)
                    for column in 0..<size { out[column] += tap[column] * source[column] }
                }
            }
        }
    }

    private func weightGradient(_ dY: Tensor, _ x: Tensor, _ texts: TextOffsets) -> Tensor {
        let (size, count) = (size, taps.rows)
        let dTaps = Tensor(shape: taps.shape) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime((dY.storage, x.storage)) {
                for (token, bounds) in texts.boundsOfTokens.enumerated() {
                    for distance in 0..<count where bounds.contains(token - distance) {
                        let (dRow, source) = (dY.pointer + token * size, x.pointer + (token - distance) * size)
                        let tap = out.baseAddress! + (count - 1 - distance) * size
                        for column in 0..<size { tap[column] += dRow[column] * source[column] }
                    }
                }
            }
        }
        return Self.transposed(dTaps, rows: count, columns: size)
    }

    private static func transposed(_ matrix: Tensor, rows: Int, columns: Int) -> Tensor {
        matrix.reshaped([1, rows, columns]).transposingLastTwo().reshaped([columns, rows])
    }
}

extension TextOffsets {
    /// For each token, the range of tokens of its text: `[totalTokens]`.
    fileprivate var boundsOfTokens: [Range<Int>] {
        (0..<count).flatMap { Array(repeating: self[$0], count: self[$0].count) }
    }
}
