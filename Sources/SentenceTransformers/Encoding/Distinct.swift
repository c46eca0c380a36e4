// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors
import SentenceTokenizers

/// The texts of a window, equal ones once, and where each stands in the call: what is equal is computed once.
struct DistinctInputs {
    private(set) var inputs: [TokenizerInput] = []
    /// For each input the indices in the call that it stands at.
    private(set) var indices: [[Int]] = []

    private struct Key: Hashable {
        let text: ExactString
        let pair: ExactString?
    }

    /// The number of inputs in the call, as far as it is known.
    let callCount: Int

    init(_ window: ArraySlice<TokenizerInput>) {
        callCount = window.endIndex
        var known: [Key: Int] = [:]
        known.reserveCapacity(window.count)
        for (index, input) in zip(window.indices, window) {
            let key = Key(text: ExactString(input.text), pair: input.pair.map { ExactString($0) })
            if let place = known[key] {
                indices[place].append(index)
            } else {
                known[key] = inputs.count
                inputs.append(input)
                indices.append([index])
            }
        }
    }
}

/// Where the results of a micro-batch go: the result of its text `texts[i]` to index `indices[i]` of the call.
struct Placement: Sendable {
    let texts: [Int]
    let indices: [Int]

    /// - Parameter indices: For each text of the batch the indices that its result goes to.
    init(_ indices: [[Int]]) {
        texts = indices.enumerated().flatMap { text, indices in repeatElement(text, count: indices.count) }
        self.indices = indices.flatMap(\.self)
    }

    /// One row for each index, of results with one row for each text.
    func rows(of results: Tensor) -> Tensor {
        texts.count == results.rows ? results : results.gatheringRows(texts)
    }

    /// Each index with the number of the text whose result goes there.
    var pairs: Zip2Sequence<[Int], [Int]> { zip(texts, indices) }
}
