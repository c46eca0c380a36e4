// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// From which data set each batch of an epoch comes.
struct DataSetOrder: Sendable {
    /// The number of batches.
    let count: Int

    private let kind: MultiDatasetBatchSampler
    /// How many batches come before those of each data set, and how many there are.
    private let bounds: [Int]
    private let order: KeyedPermutation
    /// The place of a batch of the data set that has the longest one; it comes before the others.
    private var firstPlace: Int?
    private var index = 0

    /// The order of an epoch.
    ///
    /// - Parameters:
    ///   - kind: How data sets follow each other.
    ///   - sources: Their batches, of which each data set's longest one comes first.
    ///   - random: Random numbers of the epoch.
    init(_ kind: MultiDatasetBatchSampler, _ sources: [LongestFirst], random: RandomStream) {
        self.kind = kind
        let counts = sources.map(\.count)
        count = Self.count(kind, counts)
        bounds = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        order = KeyedPermutation(count: count, random: random)
        let heaviest = sources.indices.max { sources[$0].longest < sources[$1].longest } ?? 0
        guard kind == .proportional, sources.indices.contains(heaviest), sources[heaviest].longest >= 0 else { return }
        firstPlace = (0..<count).first { dataset(at: $0) == heaviest }
    }

    /// The index of the next batch's data set; nil after the last batch.
    mutating func next() -> Int? {
        guard index < count else { return nil }
        defer { index += 1 }
        guard kind == .proportional else { return index % (bounds.count - 1) }
        guard let firstPlace else { return dataset(at: index) }
        return dataset(at: index == 0 ? firstPlace : index <= firstPlace ? index - 1 : index)
    }

    private func dataset(at place: Int) -> Int {
        let batch = order[place]
        return (bounds.firstIndex { $0 > batch } ?? 1) - 1
    }

    /// The number of batches of an epoch, given those of each data set.
    static func count(_ kind: MultiDatasetBatchSampler, _ counts: [Int]) -> Int {
        switch kind {
        case .proportional: counts.reduce(0, +)
        case .roundRobin: (counts.min() ?? 0) * counts.count
        }
    }
}
