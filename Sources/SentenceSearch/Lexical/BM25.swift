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

/// Weights of words in documents for lexical search: rare words count more, and more of the same word ever less.
///
/// Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond*, 2009,
/// <https://doi.org/10.1561/1500000019>; the variants as in Kamphuis, de Vries, Boytsov and Lin, *Which BM25 Do You
/// Mean?*, 2020, <https://doi.org/10.1007/978-3-030-45442-5_4>, and in the Python package bm25s, whose defaults these are:
/// Lù, *BM25S: Orders of magnitude faster lexical search via eager sparse scoring*, 2024,
/// <https://arxiv.org/abs/2407.03618>.
public struct BM25: Sendable, Hashable, Codable {
    /// A formula.
    ///
    /// N is the number of documents, d of those that have the word, f how often a document has it, and
    /// n = 1 - b + b · length / mean length.
    public enum Variant: String, Sendable, CaseIterable, Codable {
        /// max(0, log((N - d + ½) / (d + ½))) · f / (k₁ n + f).
        case robertson
        /// log(1 + (N - d + ½) / (d + ½)) · f / (k₁ n + f), as Lucene does.
        case lucene
        /// log(N / d) · f (k₁ + 1) / (k₁ n + f).
        case atire
        /// log((N + 1) / (d + ½)) · (k₁ + 1) (c + δ) / (k₁ + c + δ), with c = f / n; also for documents without the word.
        case bm25L = "bm25l"
        /// log((N + 1) / d) · (δ + f (k₁ + 1) / (k₁ n + f)); also for documents without the word.
        case bm25Plus = "bm25+"
    }

    /// The formula.
    public let variant: Variant
    /// How slowly more of the same word stops counting, at least 0.
    public let k1: Double
    /// How much long documents are held back, from 0 through 1.
    public let b: Double
    /// What one occurrence counts at least in `bm25L` and `bm25Plus`, at least 0.
    public let delta: Double

    /// The formula that bm25s takes if nothing else is said: Lucene's, with k₁ = 1.5 and b = 0.75.
    public static let standard = BM25(checked: .lucene, k1: 1.5, b: 0.75, delta: 0.5)

    /// A formula with its numbers.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if a number is out of range.
    public init(_ variant: Variant = .lucene, k1: Double = 1.5, b: Double = 0.75, delta: Double = 0.5) throws {
        guard k1 >= 0, k1.isFinite, (0...1).contains(b), delta >= 0, delta.isFinite else {
            throw SearchError(
                .invalidArgument,
                "BM25 with k1 = \(k1), b = \(b), delta = \(delta); expected k1 and delta of 0 or more, and b from 0 "
                    + "through 1")
        }
        self.init(checked: variant, k1: k1, b: b, delta: delta)
    }

    private init(checked variant: Variant, k1: Double, b: Double, delta: Double) {
        (self.variant, self.k1, self.b, self.delta) = (variant, k1, b, delta)
    }

    /// The weights of words in documents, so that a score is the sum of the weights of a query's words.
    public struct Weights: Sendable, Hashable {
        /// The weights minus those in `absent`, `[documents, words]`.
        public let matrix: SparseMatrix
        /// What each word counts for a document without it: 0 except in `bm25L` and `bm25Plus`.
        public let absent: [Float]
    }

    /// The weights for a matrix of how often each document has each word.
    ///
    /// - Parameter counts: `[documents, words]`, with elements above 0.
    /// - Returns: The weights, of the same shape.
    /// - Throws: ``SearchError`` with code `invalidArgument` if an element is not a finite number above 0.
    public func weights(_ counts: SparseMatrix) throws -> Weights {
        guard counts.values.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw SearchError(
                .invalidArgument, "the number of times that a document has a word is above 0; found others")
        }
        var documents = [Int](repeating: 0, count: counts.columns)
        for column in counts.indices { documents[Int(column)] += 1 }
        let rarities = documents.map { $0 == 0 ? 0 : rarity($0, of: counts.rows) }
        let lengths = (0..<counts.rows).map { row in
            counts.values[counts.rowOffsets[row]..<counts.rowOffsets[row + 1]].reduce(0.0) { $0 + Double($1) }
        }
        let mean = lengths.reduce(0, +) / Double(max(1, lengths.count))
        let absentShare = share(0, norm: 1)
        var values: [Float] = []
        values.reserveCapacity(counts.values.count)
        for row in 0..<counts.rows {
            let norm = 1 - b + b * lengths[row] / mean
            for place in counts.rowOffsets[row]..<counts.rowOffsets[row + 1] {
                let more = share(Double(counts.values[place]), norm: norm) - absentShare
                values.append(Float(rarities[Int(counts.indices[place])] * more))
            }
        }
        return Weights(
            matrix: try SparseMatrix(
                rowOffsets: counts.rowOffsets, indices: counts.indices, values: values, columns: counts.columns),
            absent: rarities.map { Float($0 * absentShare) })
    }

    /// The part of a weight that depends on how many of the documents have the word.
    private func rarity(_ documents: Int, of count: Int) -> Double {
        let (d, n) = (Double(documents), Double(count))
        return switch variant {
        case .robertson: log(max(1, (n - d + 0.5) / (d + 0.5)))
        case .lucene: log(1 + (n - d + 0.5) / (d + 0.5))
        case .atire: log(n / d)
        case .bm25L: log((n + 1) / (d + 0.5))
        case .bm25Plus: log((n + 1) / d)
        }
    }

    /// The part of a weight that depends on the document.
    private func share(_ frequency: Double, norm: Double) -> Double {
        switch variant {
        case .robertson, .lucene: return frequency == 0 ? 0 : frequency / (k1 * norm + frequency)
        case .atire: return frequency == 0 ? 0 : frequency * (k1 + 1) / (k1 * norm + frequency)
        case .bm25L:
            // Norms are above 0 where the frequency is.
            let c = frequency == 0 ? 0 : frequency / norm
            return c + delta == 0 ? 0 : (k1 + 1) * (c + delta) / (k1 + c + delta)
        case .bm25Plus: return delta + (frequency == 0 ? 0 : frequency * (k1 + 1) / (k1 * norm + frequency))
        }
    }
}
