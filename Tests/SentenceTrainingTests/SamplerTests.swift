// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Batch samplers")
struct SamplerTests {
    private static let shape = LossShape(columns: 1...2, labels: .optional)

    private func set(_ data: TrainingData) throws -> (data: TrainingData, arrangement: ColumnArrangement) {
        (data, try ColumnArrangement(data, for: Self.shape, lossName: "ALoss", kind: .sentenceTransformer))
    }

    private func plan(
        _ sets: [TrainingData], _ batchSize: Int, _ sampler: BatchSampler, dropsLast: Bool = false, seed: UInt64 = 7,
        _ multi: MultiDatasetBatchSampler = .proportional
    ) throws -> BatchPlan {
        try BatchPlan(
            sets.map(set), batchSize: batchSize, sampler: sampler, multiSampler: multi, dropsLast: dropsLast, seed: seed
        )
    }

    private func batches(_ plan: BatchPlan, epoch: Int = 0, skipping position: Int = 0) throws -> [PlannedBatch] {
        var iterator = try plan.batches(epoch: epoch, skipping: position)
        var batches: [PlannedBatch] = []
        while let batch = try iterator.next() { batches.append(batch) }
        #expect(try iterator.next() == nil)
        #expect(max(0, iterator.count - position) == batches.count)
        return batches
    }

    /// Pairs of texts of which many occur in several rows, in either column.
    private func duplicates(_ count: Int, seed: UInt64) throws -> TrainingData {
        var random = SeededGenerator(seed: seed)
        return try TrainingData(
            pairs: (0..<count).map { row in
                // One text is in a third of the rows, some in a few, most in one.
                let first = Int.random(in: 0..<3, using: &random) == 0 ? "all" : "a\(row)"
                return (first, "\(Int.random(in: 0..<count, using: &random))")
            })
    }

    private func numbered(_ count: Int, name: String = "") throws -> TrainingData {
        try TrainingData(
            name: name, columns: ["a", "label"],
            rows: (0..<count).map { [.text(String(repeating: "x", count: 1 + $0 * 7 % 31)), .number(Double($0 % 5))] })
    }

    @Test("At random each row occurs once, and epochs and seeds differ", arguments: [1, 2, 3, 7, 8, 9, 50])
    func random(count: Int) throws {
        let data = try numbered(count)
        let plan = try plan([data], 4, .random)
        let first = try batches(plan)
        #expect(first.flatMap(\.rows).sorted() == Array(0..<count))
        #expect(first.count == (count + 3) / 4 && plan.batchesPerEpoch == first.count)
        #expect(first.count { $0.rows.count < 4 } == (count % 4 == 0 ? 0 : 1))
        #expect(try batches(plan) == first)
        guard count > 8 else { return }
        #expect(try batches(plan, epoch: 1) != first)
        #expect(try batches(self.plan([data], 4, .random, seed: 8)) != first)
    }

    @Test("The batch with the most bytes comes first")
    func longestFirst() throws {
        let data = try numbered(90)
        for epoch in 0..<5 {
            let sizes = try batches(plan([data], 8, .random), epoch: epoch).map { batch in
                batch.rows.reduce(0) { $0 + data.byteCount(of: $1) }
            }
            #expect(sizes.first == sizes.max() && sizes != sizes.sorted(by: >))
        }
    }

    @Test("In the order of the file, with or without what is left")
    func sequential() throws {
        let data = try numbered(10)
        let all = try batches(plan([data], 4, .sequential), epoch: 3).map(\.rows)
        #expect(all == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
        let full = try plan([data], 4, .sequential, dropsLast: true)
        #expect(try batches(full).map(\.rows) == [[0, 1, 2, 3], [4, 5, 6, 7]] && full.batchesPerEpoch == 2)
        #expect(try batches(plan([data], 4, .random, dropsLast: true)).map(\.rows.count) == [4, 4])
    }

    @Test("A run that goes on gets the same batches", arguments: BatchSampler.allCases)
    func skipping(sampler: BatchSampler) throws {
        let data = [try numbered(61, name: "a"), try numbered(34, name: "b")]
        for multi in MultiDatasetBatchSampler.allCases {
            let plan = try plan(data, 4, sampler, multi)
            let all = try batches(plan, epoch: 2)
            for position in [0, 1, 2, 9, all.count - 1, all.count, all.count + 1] {
                #expect(try batches(plan, epoch: 2, skipping: position) == Array(all.dropFirst(position)))
            }
        }
    }

    // MARK: Duplicates

    /// The reference's sampler, which looks at all rows that are left for every batch.
    private func greedy(_ order: [Int], _ data: TrainingData, _ batchSize: Int, dropsLast: Bool) throws -> [[Int]] {
        var left = order, batches: [[Int]] = []
        while !left.isEmpty {
            var batch: [Int] = [], texts: Set<String> = [], waiting: [Int] = []
            for row in left {
                let own = Set(
                    try data.row(row).compactMap { if case .text(let text) = $0 { text } else { nil } })
                if batch.count == batchSize || !own.isDisjoint(with: texts) {
                    waiting.append(row)
                } else {
                    batch.append(row)
                    texts.formUnion(own)
                }
            }
            if batch.count == batchSize || !dropsLast { batches.append(batch) }
            left = waiting
        }
        return batches
    }

    @Test("No text twice in a batch: the same batches as looking at all rows again and again", arguments: 0..<12)
    func noDuplicates(seed: Int) throws {
        let data = try duplicates(40 + seed * 37, seed: UInt64(seed))
        for (batchSize, dropsLast) in [(2, false), (7, false), (16, true), (64, false)] {
            for epoch in 0..<2 {
                // A plan of one row a batch, without its first batch moved, shows the order of the rows.
                let random = RandomStream(seed: 7, step: epoch).at(0)
                let permutation = KeyedPermutation(count: data.count, random: random)
                let expected = try greedy(
                    (0..<data.count).map { permutation[$0] }, data, batchSize, dropsLast: dropsLast)
                guard !expected.isEmpty else { continue }
                let plan = try plan([data], batchSize, .noDuplicates, dropsLast: dropsLast)
                let found = try batches(plan, epoch: epoch).map(\.rows)
                // The longest batch has been moved to the front.
                let longest = try #require(found.first)
                #expect(found.dropFirst() == expected.filter { $0 != longest }[...])
                #expect(expected.contains(longest))
                if epoch == 0 { #expect(plan.batchesPerEpoch == expected.count) }
                if !dropsLast { #expect(found.flatMap { $0 }.sorted() == Array(0..<data.count)) }
            }
        }
    }

    @Test("Texts are compared in all columns that the loss sees, and labels are not")
    func comparedColumns() throws {
        let rows: [[TrainingValue]] = [
            [.text("a"), .text("b"), .number(1)], [.text("b"), .text("c"), .number(1)],
            [.text("d"), .text("e"), .number(1)], [.text("f"), .text("f"), .number(1)],
        ]
        let data = try TrainingData(columns: ["x", "y", "label"], rows: rows)
        let found = try batches(plan([data], 4, .noDuplicates)).map { $0.rows.sorted() }
        #expect(found == [[0, 2, 3], [1]] || found == [[1, 2, 3], [0]])
    }

    // MARK: Labels

    @Test("Each batch has two rows or more of two labels or more", arguments: [4, 6, 16])
    func labels(batchSize: Int) throws {
        // Labels with 1 to 40 rows; the one with a single row cannot take part.
        let labels = [1, 2, 3, 9, 14, 40].enumerated().flatMap { [Int](repeating: $0, count: $1) }
        let data = try TrainingData(
            columns: ["text", "label"], rows: labels.enumerated().map { [.text("t\($0)"), .number(Double($1))] })
        // The reference's number of rows: pairs of each label, up to those of the second largest.
        let taken = 2 * (1 + 1 + 4 + 7 + 7)
        for dropsLast in [false, true] {
            let plan = try plan([data], batchSize, .groupByLabel, dropsLast: dropsLast)
            for epoch in 0..<4 {
                let found = try batches(plan, epoch: epoch).map(\.rows)
                let rest = taken % batchSize
                #expect(found.count == taken / batchSize + (rest >= 4 && !dropsLast ? 1 : 0))
                #expect(plan.batchesPerEpoch == found.count)
                let rows = found.flatMap { $0 }
                #expect(Set(rows).count == rows.count && !rows.contains(0))
                for batch in found {
                    let counts = Dictionary(grouping: batch) { labels[$0] }.mapValues(\.count)
                    #expect(counts.count >= 2 && counts.values.allSatisfy { $0 >= 2 })
                }
            }
            #expect(try batches(plan) != batches(plan, epoch: 1))
        }
    }

    // MARK: Several data sets

    @Test("Proportional uses all batches, the one with the longest rows first; in turn ends with the shortest")
    func several() throws {
        let short = try numbered(64, name: "short")
        let long = try TrainingData(
            name: "long", columns: ["a"], rows: (0..<12).map { [.text(String(repeating: "y", count: 100 + $0))] })
        let proportional = try plan([short, long], 4, .random)
        #expect(proportional.batchesPerEpoch == 19)
        let all = try batches(proportional)
        #expect(all.map(\.dataset).sorted() == [Int](repeating: 0, count: 16) + [1, 1, 1] && all[0].dataset == 1)
        #expect(all.filter { $0.dataset == 0 }.flatMap(\.rows).sorted() == Array(0..<64))
        #expect(try batches(proportional, epoch: 1).map(\.dataset) != all.map(\.dataset))
        let inTurn = try plan([short, long], 4, .random, .roundRobin)
        #expect(inTurn.batchesPerEpoch == 6)
        #expect(try batches(inTurn).map(\.dataset) == [0, 1, 0, 1, 0, 1])
        // In the order of the files nothing is moved to the front.
        let ordered = try batches(plan([short, long], 4, .sequential))
        #expect(ordered.filter { $0.dataset == 0 }.flatMap(\.rows) == Array(0..<64))
    }

    @Test("What makes no batch is refused")
    func refusals() throws {
        func message(_ body: () throws -> BatchPlan) -> String? {
            do {
                _ = try body()
                return nil
            } catch { return "\(error)" }
        }
        let data = try numbered(3, name: "data")
        #expect(message { try plan([data], 0, .random) } == "the batch size is 0; expected 1 or more")
        #expect(
            message { try plan([data], 4, .random, dropsLast: true) }
                == "data has 3 rows, which make no batch of 4; use smaller batches, or keep those that are not full")
        #expect(
            message { try plan([data], 5, .groupByLabel) }
                == "the batch size is 5; group_by_label takes an even one of 4 or more")
        #expect(
            message { try plan([data], 4, .groupByLabel) }
                == "data has 0 labels with two rows or more; group_by_label takes at least 2")
        #expect(
            message { try plan([TrainingData(name: "x", columns: ["a"], rows: [[.text("b")]])], 4, .groupByLabel) }
                == "x has no column called label, labels, score or scores, by which group_by_label could group")
    }
}
