// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The best documents for each query by MaxSim, where both have a vector for each token.
///
/// Without `candidates` every document is compared, and the result is exact. With it only so many documents for each
/// query are: those whose mean vectors have the largest cosine with the query's, which may miss some of the best.
/// - Parameters:
///   - queries: `[tokens, dimensions]` for each query.
///   - documents: `[tokens, dimensions]` for each document.
///   - topK: How many documents to return for each query, at least 1; all if there are fewer.
///   - similarity: How a query and a document are compared.
///   - candidates: How many documents to compare for each query, at least `topK`; all if nil.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: For each query up to `topK` documents, best first; equal scores are ordered by index, and NaN comes last.
/// - Throws: ``SearchError`` with code `invalidArgument` if dimensions differ or an argument is out of range; with
///   `candidates`, also if a query has NaN or an infinite number.
public func semanticSearch(
    _ queries: [Matrix], in documents: [Matrix], topK: Int = 10, similarity: MultiVectorSimilarity = .maxSim,
    candidates: Int? = nil, threads: Int? = nil
) throws -> [[ScoredIndex]] {
    guard topK > 0 else { throw SearchError(.invalidArgument, "topK is \(topK); expected a positive number") }
    if let candidates, candidates < topK {
        throw SearchError(.invalidArgument, "candidates is \(candidates); expected at least topK, \(topK)")
    }
    try MultiVectorSimilarity.check(queries + documents, threads)
    guard let candidates, candidates < documents.count else {
        return try bestOfAll(queries, documents, topK, similarity, threads)
    }
    let columns = (queries + documents).first { $0.rows > 0 }?.columns ?? 0
    let hits = try semanticSearch(
        means(queries, columns), in: means(documents, columns), topK: candidates, threads: threads)
    return try zip(queries, hits).map { query, hits in
        // In ascending order, so that ties go to the lower index.
        let rows = hits.map(\.index).sorted()
        return try bestOfAll([query], rows.map { documents[$0] }, topK, similarity, threads)[0]
            .map { ScoredIndex(index: rows[$0.index], score: $0.score) }
    }
}

/// How many queries and documents are compared at a time, so that no matrix of all scores exists.
private let (queryBlock, documentBlock) = (256, 1024)

private func bestOfAll(
    _ queries: [Matrix], _ documents: [Matrix], _ topK: Int, _ similarity: MultiVectorSimilarity, _ threads: Int?
) throws -> [[ScoredIndex]] {
    let onStep = LongCall.onStep, pairs = Double(queries.count) * Double(documents.count)
    var best = queries.map { _ in BestScores(capacity: min(topK, max(1, documents.count))) }
    for first in stride(from: 0, to: documents.count, by: documentBlock) {
        let block = Array(documents[first..<min(first + documentBlock, documents.count)])
        for firstQuery in stride(from: 0, to: queries.count, by: queryBlock) {
            let some = Array(queries[firstQuery..<min(firstQuery + queryBlock, queries.count)])
            let scores = try similarity(some, block, threads: threads)
            scores.withUnsafeBufferPointer { scores in
                for query in some.indices {
                    for document in block.indices {
                        best[firstQuery + query].insert(
                            ScoredIndex(index: first + document, score: scores[query * block.count + document]))
                    }
                }
            }
            try onStep(Double(some.count) * Double(block.count) / pairs)
        }
    }
    return best.map(\.sorted)
}

/// The mean vector of each embedding; zeros for one without vectors.
private func means(_ embeddings: [Matrix], _ columns: Int) throws -> Matrix {
    var sums = [Float](repeating: 0, count: embeddings.count * columns)
    for (index, embedding) in embeddings.enumerated() {
        let share = 1 / Float(max(1, embedding.rows))
        embedding.withUnsafeBufferPointer { elements in
            for (place, element) in elements.enumerated() { sums[index * columns + place % columns] += element * share }
        }
    }
    return try Matrix(sums, rows: embeddings.count, columns: columns)
}
