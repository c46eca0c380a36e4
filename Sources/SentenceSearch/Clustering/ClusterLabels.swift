// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The words that tell most about each cluster of texts.
///
/// By TF-IDF of whole clusters: a word scores f · log(1 + A / F) in a cluster that has it f times, if all clusters
/// together have it F times and A is the mean number of words of a cluster. Grootendorst, *BERTopic: Neural Topic Modeling
/// with a Class-Based TF-IDF Procedure*, 2022, <https://arxiv.org/abs/2203.05794>.
public struct ClusterLabels: Sendable, Hashable {
    /// A word with its score in a cluster.
    public struct Word: Sendable, Hashable, Codable {
        /// The word, as ``WordSplitter`` gives it.
        public let text: String
        /// Its score.
        public let score: Double
    }

    /// For each cluster its most telling words, best first; of equal ones that which occurs first in all texts.
    public let words: [[Word]]

    /// The words of clusters.
    ///
    /// - Parameters:
    ///   - texts: All texts.
    ///   - clusters: The indices of the texts of each cluster; a text may be in none, or in several.
    ///   - count: How many words to find for each cluster at most, at least 1.
    ///   - splitter: How texts are split into words; stop words rarely tell anything, but short texts need a list of them.
    /// - Throws: ``SearchError`` with code `invalidArgument` if `count` is less than 1, or there is no text of an index.
    public init(
        texts: [String], clusters: [[Int]], count: Int = 5, splitter: WordSplitter = WordSplitter()
    ) throws {
        guard count >= 1 else {
            throw SearchError(.invalidArgument, "labels of \(count) words for each cluster; expected at least 1")
        }
        for (number, cluster) in clusters.enumerated() {
            if let index = cluster.first(where: { !texts.indices.contains($0) }) {
                throw SearchError(
                    .invalidArgument, "cluster \(number) has text \(index); there are \(texts.count) texts")
            }
        }
        var vocabulary = WordNumbers()
        // Numbered in the order of all texts, so that ties do not depend on the order of clusters.
        let numbers = texts.map { splitter.words($0).map { vocabulary.number($0) } }
        var totals = [Double](repeating: 0, count: vocabulary.words.count), length = 0.0
        let frequencies = clusters.map { cluster in
            var frequencies: [Int32: Double] = [:]
            for index in cluster { for number in numbers[index] { frequencies[number, default: 0] += 1 } }
            for (number, frequency) in frequencies {
                totals[Int(number)] += frequency
                length += frequency
            }
            return frequencies
        }
        let mean = length / Double(max(1, clusters.count))
        words = frequencies.map { cluster in
            let scored = cluster.map { number, frequency in
                (number: number, score: frequency * log(1 + mean / totals[Int(number)]))
            }
            return scored.sorted { $0.score > $1.score || ($0.score == $1.score && $0.number < $1.number) }
                .prefix(count).map { Word(text: vocabulary.words[Int($0.number)], score: $0.score) }
        }
    }
}
