// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

extension Console {
    /// Says how many texts were longer than the model takes, if any were.
    static func warnOfCuts(_ receipts: [TruncationReceipt]) {
        warnOfCuts(receipts.count, receipts.filter(\.isTruncated).map(\.usedCount))
    }

    /// Says how many texts are shorter than they were before truncation, if any are.
    static func warnOfCuts(_ tokens: TokenBatch) {
        let cut = (0..<tokens.count).filter { tokens.tokenRange(at: $0).count < Int(tokens.untruncatedCounts[$0]) }
        warnOfCuts(tokens.count, cut.map { tokens.tokenRange(at: $0).count })
    }

    private static func warnOfCuts(_ count: Int, _ lengths: [Int]) {
        guard let length = lengths.max() else { return }
        warn("\(lengths.count) of \(count) texts were cut to \(length) tokens")
    }
}
