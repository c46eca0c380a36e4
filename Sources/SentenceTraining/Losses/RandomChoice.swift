// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension RandomStream {
    /// So many of the numbers below `total`, ascending; all of them if `count` is 0 or less, or too large.
    func choosing(_ count: Int, of total: Int) -> [Int] {
        guard count > 0, count < total else { return Array(0..<total) }
        var left = Array(0..<total)
        for index in 0..<count {
            let other = index + Int(words(UInt32(truncatingIfNeeded: index))[0] % UInt32(total - index))
            left.swapAt(index, other)
        }
        return left[..<count].sorted()
    }
}
