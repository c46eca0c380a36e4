// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How the weight of what keeps embeddings sparse rises from 0 to its whole in the first steps of a run, so that a model first
/// learns what its words are for.
///
/// Paria et al., *Minimizing FLOPs to Learn Efficient Sparse Representations*, 2020, <https://arxiv.org/abs/2004.05665>.
public struct RegularizerSchedule: Sendable, Equatable {
    /// The form of the rise.
    public enum Kind: String, Sendable, CaseIterable, LossChoice {
        /// In proportion to the steps.
        case linear
        /// In proportion to their square.
        case quadratic
        /// There is none: the weight is whole from the first step on.
        case constant
    }

    /// The form of the rise.
    public var kind: Kind
    /// The share of all steps after which the weight is whole; above 0, and at most 1.
    public var warmupRatio: Double

    /// The given rise.
    public init(_ kind: Kind = .quadratic, warmupRatio: Double = 1 / 3) {
        self.kind = kind
        self.warmupRatio = warmupRatio
    }

    /// The share of the weight in a step.
    ///
    /// - Parameters:
    ///   - step: How many steps came before.
    ///   - total: The steps of the run.
    /// - Returns: The share, 0 to 1.
    package func share(step: Int, of total: Int) -> Double {
        let warmup = max(1, Int(Double(total) * warmupRatio))
        guard kind != .constant, step < warmup else { return 1 }
        let share = Double(step) / Double(warmup)
        return kind == .linear ? share : share * share
    }
}
