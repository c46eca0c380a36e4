// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How the rows of a data set come together in batches.
public enum BatchSampler: String, Sendable, CaseIterable {
    /// At random, with the longest batch first, so that the largest memory use shows in the first step.
    case random = "batch_sampler"
    /// In the order of the file.
    case sequential
    /// At random, but no text occurs twice in a batch, for losses that take the other rows of a batch as negatives.
    case noDuplicates = "no_duplicates"
    /// The same as `noDuplicates`, which always compares hashes.
    case noDuplicatesHashed = "no_duplicates_hashed"
    /// At least two rows of each of at least two labels in a batch, for losses that find triplets in it.
    case groupByLabel = "group_by_label"
}

/// How the batches of several data sets follow each other.
public enum MultiDatasetBatchSampler: String, Sendable, CaseIterable {
    /// At random, each data set as often as it has batches.
    case proportional
    /// In turn, until one of them has no batch left.
    case roundRobin = "round_robin"
}
