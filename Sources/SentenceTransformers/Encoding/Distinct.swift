// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors
import SentenceTokenizers

/// The distinct inputs of a call and where they occur, so that equal ones are computed only once.
struct DistinctInputs: Sendable {
    /// All inputs of the call.
    private let all: [TokenizerInput]
    /// For each distinct input, its first index in the call.
    private var firsts: [Int] = []
    /// The other indices of inputs that occur more than once.
    private var others: [Int: [Int]] = [:]

    private struct Key: Hashable {
        let text: ExactString
        let pair: ExactString?
    }

    init(_ inputs: [TokenizerInput]) {
        all = inputs
        var known: [Key: Int] = [:]
        known.reserveCapacity(inputs.count)
        for (index, input) in inputs.enumerated() {
            let key = Key(text: ExactString(input.text), pair: input.pair.map { ExactString($0) })
            if let place = known[key] {
                others[place, default: []].append(index)
            } else {
                known[key] = firsts.count
                firsts.append(index)
            }
        }
    }

    /// The number of distinct inputs.
    var count: Int { firsts.count }
    /// The number of inputs of the call.
    var callCount: Int { all.count }

    /// The distinct inputs with the given places.
    subscript(places: Range<Int>) -> [TokenizerInput] { places.map { all[firsts[$0]] } }

    /// The indices in the call of a distinct input, ascending.
    func indices(_ place: Int) -> [Int] { [firsts[place]] + (others[place] ?? []) }
}

/// Where the results of a micro-batch go: that of its text `texts[i]` goes to index `indices[i]` of the call.
struct Placement: Sendable {
    let texts: [Int]
    let indices: [Int]

    /// - Parameter indices: For each text of the batch, the indices that its result goes to.
    init(_ indices: [[Int]]) {
        texts = indices.enumerated().flatMap { text, indices in repeatElement(text, count: indices.count) }
        self.indices = indices.flatMap(\.self)
    }

    /// Turns results with one row for each text into rows for each index.
    func rows(of results: Tensor) -> Tensor {
        texts.count == results.rows ? results : results.gatheringRows(texts)
    }

    /// Each text of the batch with an index that its result goes to.
    var pairs: Zip2Sequence<[Int], [Int]> { zip(texts, indices) }
}
