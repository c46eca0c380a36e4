// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A batch that is to come: rows of one data set.
package struct PlannedBatch: Sendable, Equatable {
    /// The index of the data set.
    package let dataset: Int
    /// The rows in their order.
    package let rows: [Int]

    /// A batch of the given rows.
    package init(dataset: Int, rows: [Int]) {
        self.dataset = dataset
        self.rows = rows
    }
}

/// The batches of a run, which follow from its seed and the epoch alone.
///
/// No list of rows is held: an order is a ``KeyedPermutation``, and a run that goes on passes over batches that were
/// trained on before.
package struct BatchPlan: Sendable {
    /// The number of batches of the first epoch.
    ///
    /// If texts that occur twice keep batches from becoming full, later epochs may have some more or fewer.
    package let batchesPerEpoch: Int

    private let sets: [DataSetPlan]
    private let multiSampler: MultiDatasetBatchSampler
    private let seed: UInt64
    /// The batches of the first epoch, which have been looked at already.
    private let firstEpoch: [LongestFirst]

    /// Plans the batches of a run.
    ///
    /// - Parameters:
    ///   - datasets: The data sets with their columns.
    ///   - batchSize: The rows of a batch.
    ///   - sampler: How rows come together in batches.
    ///   - multiSampler: How the batches of several data sets follow each other.
    ///   - dropsLast: Whether batches that are not full are left out.
    ///   - seed: The seed of the run.
    /// - Throws: ``TrainingError`` if a data set does not suffice for a batch, or cannot be read.
    package init(
        _ datasets: [(data: TrainingData, arrangement: ColumnArrangement)], batchSize: Int, sampler: BatchSampler,
        multiSampler: MultiDatasetBatchSampler, dropsLast: Bool, seed: UInt64
    ) throws {
        guard batchSize > 0 else {
            throw TrainingError(.invalidArgument, "the batch size is \(batchSize); expected 1 or more")
        }
        if sampler == .groupByLabel, batchSize < 4 || batchSize % 2 == 1 {
            throw TrainingError(
                .invalidArgument, "the batch size is \(batchSize); group_by_label takes an even one of 4 or more")
        }
        sets = try datasets.map { data, arrangement in
            try DataSetPlan(data, arrangement, batchSize: batchSize, sampler: sampler, dropsLast: dropsLast)
        }
        (self.multiSampler, self.seed) = (multiSampler, seed)
        firstEpoch = Self.sources(sets, seed: seed, epoch: 0)
        for (source, set) in zip(firstEpoch, sets) where source.count == 0 {
            throw TrainingError(
                .invalidData,
                "\(set.data.title) has \(set.data.count) row\(set.data.count == 1 ? "" : "s"), which make no batch of "
                    + "\(batchSize); use smaller batches, or keep those that are not full")
        }
        batchesPerEpoch = DataSetOrder.count(multiSampler, firstEpoch.map(\.count))
    }

    /// The batches of an epoch, from one of them on.
    ///
    /// - Parameters:
    ///   - epoch: The epoch, the first of which is 0.
    ///   - position: How many batches to pass over.
    /// - Returns: The batches in their order.
    /// - Throws: ``TrainingError`` if the data can no longer be read.
    package func batches(epoch: Int, skipping position: Int) throws -> BatchIterator {
        let sources = epoch == 0 ? firstEpoch : Self.sources(sets, seed: seed, epoch: epoch)
        let random = RandomStream(seed: seed, step: epoch).at(sets.count)
        var iterator = BatchIterator(
            sources: sources, order: DataSetOrder(multiSampler, sources, random: random))
        for _ in 0..<position { _ = try iterator.next() }
        return iterator
    }

    private static func sources(_ sets: [DataSetPlan], seed: UInt64, epoch: Int) -> [LongestFirst] {
        sets.enumerated().map { $1.batches(RandomStream(seed: seed, step: epoch).at($0)) }
    }
}

/// Batches one after another.
package struct BatchIterator: Sendable {
    /// The number of batches of the epoch, those passed over included.
    package var count: Int { order.count }

    fileprivate var sources: [LongestFirst]
    fileprivate var order: DataSetOrder

    /// The next batch; nil after the last.
    package mutating func next() throws -> PlannedBatch? {
        guard let dataset = order.next(), let rows = sources[dataset].next() else { return nil }
        return PlannedBatch(dataset: dataset, rows: rows)
    }
}

/// How one data set is cut into batches.
private struct DataSetPlan: Sendable {
    let data: TrainingData
    let batchSize: Int
    let dropsLast: Bool
    let kind: Kind

    enum Kind: Sendable {
        case random, sequential
        case noDuplicates(TextHashes)
        case byLabel(LabelGroups)
    }

    init(
        _ data: TrainingData, _ arrangement: ColumnArrangement, batchSize: Int, sampler: BatchSampler, dropsLast: Bool
    ) throws {
        (self.data, self.batchSize, self.dropsLast) = (data, batchSize, dropsLast)
        kind =
            switch sampler {
            case .random: .random
            case .sequential: .sequential
            case .noDuplicates, .noDuplicatesHashed: .noDuplicates(try TextHashes(data, arrangement))
            case .groupByLabel: .byLabel(try LabelGroups(data))
            }
    }

    func batches(_ random: RandomStream) -> LongestFirst {
        func ordered(_ order: KeyedPermutation?) -> any BatchSequence {
            OrderedBatches(count: data.count, batchSize: batchSize, dropsLast: dropsLast, order: order)
        }
        let order = KeyedPermutation(count: data.count, random: random)
        let batches: any BatchSequence =
            switch kind {
            case .sequential: ordered(nil)
            case .random: ordered(order)
            case .noDuplicates(let hashes):
                NoDuplicateBatches(order: order, hashes: hashes, batchSize: batchSize, dropsLast: dropsLast)
            case .byLabel(let groups):
                LabelBatches(groups: groups, batchSize: batchSize, dropsLast: dropsLast, random: random)
            }
        if case .sequential = kind { return LongestFirst(batches, byteCount: nil) }
        return LongestFirst(batches, byteCount: data.byteCount)
    }
}
