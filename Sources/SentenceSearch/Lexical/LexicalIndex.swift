// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A search in texts by their words, with weights by BM25.
///
/// ```swift
/// let index = try LexicalIndex(["A cat sat on the mat.", "Dogs chase cats."])
/// for hit in try index.search("a mat for my cat", topK: 3) { print(hit.score, hit.index) }
/// ```
/// It needs no model, and finds names, numbers and rare words that embeddings miss; ``RankFusion`` joins both. The scores
/// are those of the Python package bm25s for the same words. The search is that of ``SparseIndex``, over weights that are
/// computed in advance.
///
/// Memory: about 14 bytes for each different word of each text, and the words themselves.
public struct LexicalIndex: Sendable {
    /// How words are weighed.
    public let scoring: BM25
    /// How texts are split into words.
    public let splitter: WordSplitter

    /// The weights of words in texts, less what a word counts for a text without it.
    let index: SparseIndex
    private let absent: [Float]
    private let vocabulary: WordNumbers

    /// The number of texts.
    public var count: Int { index.count }
    /// The number of different words.
    public var wordCount: Int { vocabulary.words.count }

    /// An index of texts; the same for any number of threads.
    ///
    /// - Parameters:
    ///   - texts: The texts.
    ///   - scoring: How words are weighed.
    ///   - splitter: How texts, and later queries, are split into words.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Throws: ``SearchError`` with code `invalidArgument` if `threads` is less than 1, or there are more than 2^24
    ///   different words.
    public init(
        _ texts: [String], scoring: BM25 = .standard, splitter: WordSplitter = WordSplitter(), threads: Int? = nil
    ) throws {
        try SparseIndex.check(threads: threads)
        self.scoring = scoring
        self.splitter = splitter
        let counted = Execution.with(threads: threads ?? Parallel.availableThreads) { WordCounts(texts, splitter) }
        vocabulary = counted.vocabulary
        let weights = try scoring.weights(counted.matrix)
        absent = weights.absent
        index = try SparseIndex(weights.matrix, threads: threads)
    }

    /// The texts that match each query best.
    ///
    /// - Parameters:
    ///   - queries: Texts; a word that is repeated counts each time, one that no text has not at all.
    ///   - topK: How many texts to find for each query at most, at least 1.
    ///   - allowed: The texts that may be found; all if nil.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Returns: For each query the best texts, best first, of equal scores that of lower index first. Only those that
    ///   score above a text without any of the query's words, so there may be fewer than `topK`, or none.
    /// - Throws: ``SearchError`` with code `invalidArgument` if `allowed` is a set of other texts, or `topK` or `threads`
    ///   is less than 1.
    public func search(
        _ queries: [String], topK: Int = 10, allowed: RowSet? = nil, threads: Int? = nil
    ) throws -> [[ScoredIndex]] {
        let vectors = queries.map(vector)
        let found = try index.search(
            SparseMatrix(alike: vectors, columns: wordCount), topK: topK, allowed: allowed, threads: threads)
        return zip(found, vectors).map { hits, query in
            let base = zip(query.indices, query.values).reduce(Float(0)) { $0 + absent[$1.0] * $1.1 }
            return hits.prefix { $0.score > 0 }.map { ScoredIndex(index: $0.index, score: $0.score + base) }
        }
    }

    /// The texts that match a query best.
    public func search(
        _ query: String, topK: Int = 10, allowed: RowSet? = nil, threads: Int? = nil
    ) throws -> [ScoredIndex] {
        try search([query], topK: topK, allowed: allowed, threads: threads)[0]
    }

    /// How often a query has each word that the index knows.
    func vector(_ query: String) -> SparseVector {
        var counts: [Int: Float] = [:]
        splitter.forEachWord(of: query) { word in
            if let number = vocabulary.numbers[word] { counts[Int(number), default: 0] += 1 }
        }
        let columns = counts.keys.sorted()
        return SparseVector(dimension: wordCount, ascending: columns, columns.map { counts[$0] ?? 0 })
    }
}
