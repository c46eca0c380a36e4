// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTransformers

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Which hard negatives are mined, and how they are returned; names and defaults are those of the reference's
/// `mine_hard_negatives`.
public struct HardNegativeOptions: Sendable {
    /// The rows that are made of a query, its positives and its negatives.
    public enum Format: String, Sendable, CaseIterable {
        /// One for each negative: `anchor, positive, negative`.
        case triplet
        /// One for each positive, with all negatives; left out if there are too few: `anchor, positive, negative_1, …`.
        case tuple = "n-tuple"
        /// One for each document, with a label of 1 or 0.
        case labeledPair = "labeled-pair"
        /// One for each positive, with the list of documents and that of labels.
        case labeledList = "labeled-list"
    }

    /// What rules candidates out by their scores.
    public enum Limit: String, Sendable, CaseIterable {
        case absoluteMargin, relativeMargin, maxScore, minScore
    }

    /// Which of the negatives that are left are taken.
    public enum Sampling: Sendable, Equatable {
        /// The hardest.
        case top
        /// Any, drawn at random with a seed.
        case random(seed: UInt64 = 0)
    }

    /// More texts among which negatives are looked for; the positives always are.
    public var corpus: [String] = []
    /// How many of the hardest are left out.
    public var rangeMin = 0
    /// How many of the hardest are looked at; if nil, as many as are needed, and ten times as many where some are ruled out.
    public var rangeMax: Int?
    /// A negative scores at most this.
    public var maxScore: Float?
    /// A negative scores at least this.
    public var minScore: Float?
    /// By how much a negative scores below the worst positive of its query.
    public var absoluteMargin: Float?
    /// By which share of its score a negative scores below the worst positive of its query.
    public var relativeMargin: Float?
    /// How many negatives a query gets.
    public var count = 3
    /// Which negatives are taken.
    public var sampling = Sampling.top
    /// Whether positives may be among the negatives, which shows how a model ranks them; the format is then `tuple`.
    public var includesPositives = false
    /// The rows that are made.
    public var format = Format.triplet
    /// Whether rows have scores, in the place of labels where there are any.
    public var hasScores = false
    /// How queries and documents are embedded.
    public var queries = EncodeOptions(), documents = EncodeOptions()
    /// A folder in which embeddings are kept, so that another run with the same model and texts computes none; nowhere if nil.
    public var cacheDirectory: URL?
    /// How a cross-encoder computes.
    public var prediction = PredictOptions()

    /// The usual settings.
    public init() {}

    /// Whether negatives may be ruled out by their scores.
    var hasLimits: Bool {
        maxScore != nil || minScore != nil || absoluteMargin != nil || relativeMargin != nil
    }

    /// How many candidates are looked at.
    ///
    /// - Throws: ``TrainingError`` if there are too few.
    func resolvedRangeMax(mostPositives: Int, hasCrossEncoder: Bool) throws -> Int {
        guard count >= 1 else { throw TrainingError(.invalidArgument, "count is \(count); it must be at least 1") }
        guard rangeMin >= 0 else {
            throw TrainingError(.invalidArgument, "rangeMin is \(rangeMin); it must be at least 0")
        }
        for (name, number) in [
            ("maxScore", maxScore), ("minScore", minScore), ("absoluteMargin", absoluteMargin),
            ("relativeMargin", relativeMargin),
        ] where number?.isNaN == true {
            throw TrainingError(.invalidArgument, "\(name) is NaN; it must be a number")
        }
        let rulesOut =
            absoluteMargin != nil || relativeMargin != nil || maxScore != nil || (hasCrossEncoder && minScore != nil)
        let last = rangeMax ?? rangeMin + count * (rulesOut ? 10 : 1) + mostPositives
        guard count <= last - rangeMin else {
            throw TrainingError(
                .invalidArgument,
                "\(count) negatives cannot be found among candidates \(rangeMin) to \(last); "
                    + "take a smaller count or rangeMin, or a larger rangeMax")
        }
        return last
    }
}

/// Rows with hard negatives, and what was found on the way.
public struct HardNegatives: Sendable {
    /// The rows, to train on.
    public let data: TrainingData
    /// For each row of the largest possible result that is missing since too few negatives were left: how many.
    public let missing: Int
    /// How many candidates each limit has ruled out.
    public let ruledOut: [HardNegativeOptions.Limit: Int]
    /// The mean score of all positives, and of all negatives in the rows; NaN if there are none.
    public let meanScores: (positive: Double, negative: Double)
}
