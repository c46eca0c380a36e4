// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// How the vectors of a text's tokens become one vector.
package enum PoolingReduction: Sendable, CaseIterable {
    /// The first token.
    case first
    /// The largest value in each dimension; -infinity if there are no tokens.
    case maximum
    /// The sum divided by the number of tokens.
    case mean
    /// The sum divided by the square root of the number of tokens.
    case meanSquareRoot
    /// The mean with weights 1, 2, 3, … starting at the first token.
    case weightedMean
    /// The last token; zeros if there are no tokens.
    case last
}

extension Tensor {
    /// One vector for each text, the reductions side by side.
    ///
    /// The tensor is `[totalTokens, size]`.
    /// - Parameters:
    ///   - texts: Where each text begins.
    ///   - reductions: The reductions, in the order of their columns.
    ///   - skipped: How many leading tokens of each text to leave out; nil for none.
    ///   - weightSums: What the two means divide by, instead of the number of tokens in a text.
    /// - Returns: `[texts, reductions * size]`.
    package func pooled(
        _ texts: TextOffsets, by reductions: [PoolingReduction], skipping skipped: [Int]? = nil,
        weightSums: [Float]? = nil
    ) -> Tensor {
        precondition(rows == texts.totalTokens, "\(shape) has not the \(texts.totalTokens) tokens of the texts")
        let x = detached
        let kernels = Execution.current.kernels
        let width = reductions.count * columns
        let out = Tensor(shape: [texts.count, width]) { out in
            withExtendedLifetime(storage) {
                // Every text has a row of its own.
                nonisolated(unsafe) let rows = out.baseAddress!
                Parallel.forRanges(texts.count, grain: Self.textGrain) { range in
                    for text in range {
                        for (index, reduction) in reductions.enumerated() {
                            let sum = WeightedSum(
                                reduction, texts[text], skipping: skipped?[text] ?? 0, weightSum: weightSums?[text])
                            x.reduce(
                                sum, reduction, into: rows + text * width + index * x.columns, kernels.table.pointee)
                        }
                    }
                }
            }
        }
        return out.recorded(from: [node]) { gradient in
            [x.poolingGradient(gradient, texts, reductions, skipped, weightSums)]
        }
    }

    /// The texts that one thread reduces at least.
    private static let textGrain = 64

    private func reduce(
        _ sum: WeightedSum, _ reduction: PoolingReduction, into target: UnsafeMutablePointer<Float>,
        _ kernels: sk_kernels
    ) {
        if reduction == .maximum {
            target.initialize(repeating: -.infinity, count: columns)
            for token in sum.tokens { kernels.maximum_f32(target, pointer + token * columns, columns) }
            return
        }
        add(sum, sum.tokens, into: target, kernels)
        if sum.denominator != 1 {
            for column in 0..<columns { target[column] /= sum.denominator }
        }
    }

    /// How many tokens are added up before a partial sum begins.
    private static let tokensOfPartialSum = 64

    /// The sum over some tokens; long texts are summed in parts, so that the last terms do not lose their low bits.
    private func add(
        _ sum: WeightedSum, _ tokens: Range<Int>, into target: UnsafeMutablePointer<Float>, _ kernels: sk_kernels
    ) {
        target.initialize(repeating: 0, count: columns)
        guard tokens.count > Self.tokensOfPartialSum else {
            for token in tokens { kernels.axpy_f32(target, sum.weight(token), pointer + token * columns, columns) }
            return
        }
        BufferPool.shared.withBytes(columns * MemoryLayout<Float>.stride) { scratch in
            let partial = scratch.assumingMemoryBound(to: Float.self)
            for first in stride(from: tokens.lowerBound, to: tokens.upperBound, by: Self.tokensOfPartialSum) {
                add(sum, first..<min(first + Self.tokensOfPartialSum, tokens.upperBound), into: partial, kernels)
                kernels.add_f32(target, target, partial, columns)
            }
        }
    }

    private func poolingGradient(
        _ gradient: Tensor, _ texts: TextOffsets, _ reductions: [PoolingReduction], _ skipped: [Int]?,
        _ weightSums: [Float]?
    ) -> Tensor {
        let kernels = Execution.current.kernels
        return Tensor(shape: shape) { out in
            withExtendedLifetime((storage, gradient.storage)) {
                // Every text has tokens of its own, and every token has a text.
                nonisolated(unsafe) let rows = out.baseAddress!
                Parallel.forRanges(texts.count, grain: Self.textGrain) { range in
                    for text in range {
                        (rows + texts[text].lowerBound * columns).initialize(
                            repeating: 0, count: texts[text].count * columns)
                        for (index, reduction) in reductions.enumerated() {
                            let upstream = gradient.pointer + text * gradient.columns + index * columns
                            let sum = WeightedSum(
                                reduction, texts[text], skipping: skipped?[text] ?? 0, weightSum: weightSums?[text])
                            if reduction == .maximum {
                                addMaximumGradient(upstream, sum.tokens, to: rows)
                                continue
                            }
                            for token in sum.tokens {
                                kernels.table.pointee.axpy_f32(
                                    rows + token * columns, sum.weight(token) / sum.denominator, upstream, columns)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The gradient of a maximum goes to the first token that has it.
    private func addMaximumGradient(
        _ upstream: UnsafePointer<Float>, _ tokens: Range<Int>, to out: UnsafeMutablePointer<Float>
    ) {
        for column in 0..<columns {
            guard var best = tokens.first else { return }
            for token in tokens where pointer[token * columns + column] > pointer[best * columns + column] {
                best = token
            }
            out[best * columns + column] += upstream[column]
        }
    }
}

/// A reduction as a weighted sum over some of a text's tokens.
private struct WeightedSum {
    let tokens: Range<Int>
    let denominator: Float
    private let weightOrigin: Int?

    init(_ reduction: PoolingReduction, _ text: Range<Int>, skipping skipped: Int, weightSum: Float?) {
        let kept = min(text.lowerBound + skipped, text.upperBound)..<text.upperBound
        let count = Float(kept.count)
        switch reduction {
        case .first: (tokens, denominator) = (kept.prefix(1), 1)
        case .last: (tokens, denominator) = (kept.suffix(1), 1)
        case .maximum: (tokens, denominator) = (kept, 1)
        case .mean: (tokens, denominator) = (kept, max(weightSum ?? count, 1e-9))
        case .meanSquareRoot: (tokens, denominator) = (kept, max(weightSum ?? count, 1e-9).squareRoot())
        case .weightedMean:
            // Tokens keep the weights of their positions even when a prompt's tokens before them are skipped.
            let (first, last) = (Float(kept.lowerBound - text.lowerBound + 1), Float(text.count))
            (tokens, denominator) = (kept, max((first + last) * count / 2, 1e-9))
        }
        weightOrigin = reduction == .weightedMean ? text.lowerBound - 1 : nil
    }

    /// The weight of a token.
    func weight(_ token: Int) -> Float { weightOrigin.map { Float(token - $0) } ?? 1 }
}
