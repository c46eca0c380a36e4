// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

/// The rows of each label that has at least two.
struct LabelGroups: Sendable {
    /// For each label its rows.
    let rows: [[UInt32]]

    /// Reads the labels of all rows once.
    ///
    /// - Throws: ``TrainingError`` if there are no labels of one number, or fewer than two labels with two rows.
    init(_ data: TrainingData) throws {
        guard let column = data.columns.label else {
            throw TrainingError(
                .invalidData,
                "\(data.title) has no column called label, labels, score or scores, by which group_by_label could group"
            )
        }
        if case .numbers(let count) = data.columns.kinds[column], count > 1 {
            throw TrainingError(
                .invalidData,
                "\(data.title): \(data.columns.names[column].quoted) is a list; group_by_label takes one number a row")
        }
        let labels: [UInt64] = try data.numbers(perRow: 1) { row, label in
            // Adding 0 makes -0 the same as 0.
            label[0] = row[column].allNumbers.reduce(0, +).bitPattern
        }
        var groups: [[UInt32]] = [], indices: [UInt64: Int] = [:]
        for (row, label) in labels.enumerated() {
            if let index = indices[label] {
                groups[index].append(UInt32(row))
            } else {
                indices[label] = groups.count
                groups.append([UInt32(row)])
            }
        }
        rows = groups.filter { $0.count >= 2 }
        guard rows.count >= 2 else {
            throw TrainingError(
                .invalidData,
                "\(data.title) has \(rows.count) label\(rows.count == 1 ? "" : "s") with two rows or more; "
                    + "group_by_label takes at least 2")
        }
    }
}

/// Batches that have at least two rows of each of their labels, and at least two labels.
///
/// In each round every label gives two rows that are left, in a random order of labels, until a single label has any.
struct LabelBatches: BatchSequence {
    let groups: LabelGroups
    let batchSize: Int
    let dropsLast: Bool

    private let random: RandomStream
    private let orders: [KeyedPermutation]
    /// How many rows each label has given.
    private var given: [Int]
    /// The labels that have rows left.
    private var labels: [Int]
    private var lastLabel: Int?
    private var round = 0
    private var batch: [Int] = []

    init(groups: LabelGroups, batchSize: Int, dropsLast: Bool, random: RandomStream) {
        (self.groups, self.batchSize, self.dropsLast, self.random) = (groups, batchSize, dropsLast, random)
        orders = groups.rows.enumerated().map { KeyedPermutation(count: $1.count, random: random.at(0).at($0)) }
        given = [Int](repeating: 0, count: groups.rows.count)
        labels = Array(groups.rows.indices)
    }

    mutating func next() -> [Int]? {
        while batch.count < batchSize, labels.count >= 2 { takeRound() }
        if batch.count >= batchSize {
            defer { batch.removeFirst(batchSize) }
            return Array(batch.prefix(batchSize))
        }
        // Four rows of one round are two of each of two labels.
        guard !dropsLast, batch.count >= 4 else { return nil }
        defer { batch = [] }
        return batch
    }

    private mutating func takeRound() {
        let order = KeyedPermutation(count: labels.count, random: random.at(1).at(round))
        labels = labels.indices.map { labels[order[$0]] }
        // Neighbours in a batch are of different labels.
        if !batch.isEmpty, labels[0] == lastLabel { labels.swapAt(0, 1) }
        for label in labels {
            for place in given[label]..<given[label] + 2 { batch.append(Int(groups.rows[label][orders[label][place]])) }
            given[label] += 2
        }
        lastLabel = labels.last
        labels = labels.filter { given[$0] + 2 <= groups.rows[$0].count }
        round += 1
    }
}
