// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// A loss to train with; every loss of the library is a function of this type.
///
/// ```swift
/// let loss = TrainingLoss.matryoshka(.multipleNegativesRanking(), dimensions: [384, 192, 96])
/// ```
public struct TrainingLoss: Sendable {
    package var base: any Loss

    /// A loss as the trainer takes it.
    package init(_ base: any Loss) { self.base = base }

    /// The class name in the reference, such as `MultipleNegativesRankingLoss`.
    public var name: String { base.className }

    /// The arguments as the reference spells them.
    package var arguments: JSONObject { base.arguments }
}
