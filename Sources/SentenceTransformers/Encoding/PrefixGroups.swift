// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

/// Texts that begin with the same tokens.
package struct PrefixGroup: Sendable, Equatable {
    /// The number of tokens that they share; each text has more.
    package let length: Int
    /// The indices of the texts.
    package let texts: [Int]
    /// How many tokens need not be computed, less what computing the shared ones apart costs.
    package let gain: Int
}

extension TokenBatch {
    /// The groups of texts with a shared prefix that together leave most tokens out; no text is in two.
    ///
    /// The groups are intervals of the texts in lexical order, which form a tree: Abouelhoda, Kurtz and Ohlebusch,
    /// *Replacing suffix trees with enhanced suffix arrays*, 2004, <https://doi.org/10.1016/S1570-8667(03)00065-0>.
    ///
    /// - Parameters:
    ///   - texts: The texts that may be in a group.
    ///   - cost: What computing a prefix apart costs, in tokens.
    /// - Returns: The groups, each with a positive gain.
    package func prefixGroups(of texts: [Int], cost: Int) -> [PrefixGroup] {
        let sorted = sortedByTokens(texts)
        /// An interval of `sorted`, with the best groups within it.
        struct Interval {
            let length: Int
            let first: Int
            var groups: [PrefixGroup] = []
            var gain = 0

            mutating func add(_ inner: Interval) {
                groups += inner.groups
                gain += inner.gain
            }

            /// The interval that ends before `end`, as one group if that is better.
            func closed(_ end: Int, _ sorted: [Int], _ cost: Int) -> Interval {
                let own = (end - first - 1) * length - cost
                guard own > 0, own >= gain else { return self }
                let group = PrefixGroup(length: length, texts: Array(sorted[first..<end]), gain: own)
                return Interval(length: length, first: first, groups: [group], gain: own)
            }
        }
        var open = [Interval(length: 0, first: 0)]
        for next in sorted.indices.dropFirst() {
            close(sharedLength(sorted[next - 1], sorted[next]), next)
        }
        close(0, sorted.count)
        return open[0].groups

        /// Closes all intervals that share more than `length` tokens, and opens one that shares as many.
        func close(_ length: Int, _ end: Int) {
            var first = end - 1
            var inner: Interval?
            while let last = open.last, last.length > length {
                open.removeLast()
                first = last.first
                let closed = last.closed(end, sorted, cost)
                if open[open.count - 1].length < length {
                    inner = closed
                } else {
                    open[open.count - 1].add(closed)
                }
            }
            guard open[open.count - 1].length < length else { return }
            var interval = Interval(length: length, first: first)
            if let inner { interval.add(inner) }
            open.append(interval)
        }
    }

    /// Texts in the lexical order of their tokens.
    private func sortedByTokens(_ texts: [Int]) -> [Int] {
        ids.withUnsafeBufferPointer { ids in
            texts.sorted { a, b in
                let (first, second) = (tokenRange(at: a), tokenRange(at: b))
                let common = Self.commonLength(ids, first, second)
                guard common < min(first.count, second.count) else {
                    return (first.count, a) < (second.count, b)
                }
                return ids[first.lowerBound + common] < ids[second.lowerBound + common]
            }
        }
    }

    /// How many tokens two texts share from the first on, without the last one of either.
    private func sharedLength(_ a: Int, _ b: Int) -> Int {
        let (first, second) = (tokenRange(at: a), tokenRange(at: b))
        let common = min(
            ids.withUnsafeBufferPointer { Self.commonLength($0, first, second) },
            typeIDs.withUnsafeBufferPointer { Self.commonLength($0, first, second) })
        return max(0, min(common, first.count - 1, second.count - 1))
    }

    private static func commonLength(_ ids: UnsafeBufferPointer<Int32>, _ a: Range<Int>, _ b: Range<Int>) -> Int {
        var count = 0
        let limit = min(a.count, b.count)
        while count < limit, ids[a.lowerBound + count] == ids[b.lowerBound + count] { count += 1 }
        return count
    }
}
