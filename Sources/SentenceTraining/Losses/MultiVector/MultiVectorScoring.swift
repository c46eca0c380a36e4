// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

/// How a query's vectors are compared with a document's.
public enum MultiVectorScoring: Sendable, Equatable {
    /// The sum over the query's vectors of their largest product with the document's.
    ///
    /// Khattab and Zaharia, *ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT*,
    /// 2020, <https://arxiv.org/abs/2004.12832>.
    case maxSim
    /// The same, divided by the number of the query's vectors.
    case meanMaxSim
    /// The same, of those products alone that are among the `topK` best of a query's vector with all documents of the batch;
    /// divided by how many of the query's vectors have one with the document.
    ///
    /// Lee et al., *Rethinking the Role of Token Retrieval in Multi-Vector Retrieval*, 2023,
    /// <https://arxiv.org/abs/2304.01982>.
    case xtr(topK: Int = 256)

    /// The score of a document without vectors, below that of any other.
    private static let emptyScore: Float = -1e9

    /// Each query with each document, `[queries, documents]`.
    func callAsFunction(_ queries: [Tensor], _ documents: [Tensor]) -> Tensor {
        switch self {
        case .maxSim: return .maxSim(queries, documents, emptyScore: Self.emptyScore)
        case .meanMaxSim:
            let scores = Tensor.maxSim(queries, documents, emptyScore: Self.emptyScore)
            return scores.scalingRows(by: queries.map { 1 / Float(max(1, $0.rows)) })
        case .xtr(let topK):
            let all = Tensor.above(documents), texts = TextOffsets(counts: documents.map(\.rows))
            return .above(queries.map { Self.retrieved($0, all, texts, topK) })
        }
    }

    /// Each query with its own documents, `[queries, n]`.
    ///
    /// - Parameters:
    ///   - queries: The vectors of each query.
    ///   - columns: n documents of each query, those of query i at index i of each column.
    /// - Returns: The scores.
    func own(_ queries: [Tensor], _ columns: [[Tensor]]) -> Tensor {
        if case .xtr = self {
            // Which products are among the best depends on all documents.
            let scores = self(queries, columns.flatMap { $0 }), count = columns.count
            let rows = queries.count,
                places = (0..<rows).flatMap { row in
                    (0..<count).map { row * rows * count + $0 * rows + row }
                }
            return scores.gatheringElements(places).reshaped([rows, count])
        }
        return .above(queries.indices.map { row in self([queries[row]], columns.map { $0[row] }) })
    }

    /// One query with all documents, `[1, documents]`.
    private static func retrieved(_ query: Tensor, _ documents: Tensor, _ texts: TextOffsets, _ topK: Int) -> Tensor {
        let products = query.product(transposed: documents), numbers = products.floats, width = documents.rows
        var places: [Int] = [], found: [Int] = [], counts = [Float](repeating: 0, count: texts.count)
        for row in 0..<query.rows {
            let row = numbers[row * width..<(row + 1) * width]
            let best = row.indices.sorted { (row[$1], $0) < (row[$0], $1) }.prefix(topK)
            let kept = Set(best)
            for text in 0..<texts.count {
                // The best one of a document is kept if any is.
                let own = texts[text].map { row.startIndex + $0 }.filter(kept.contains)
                guard let place = own.max(by: { (row[$0], $1) < (row[$1], $0) }) else { continue }
                places.append(place)
                found.append(text)
                counts[text] += 1
            }
        }
        let shares = Tensor.mask(texts.count, max(1, places.count)) { text, place in
            place < found.count && found[place] == text ? 1 / max(1, counts[text]) : 0
        }
        guard !places.isEmpty else { return .zeros([1, texts.count]) }
        return products.gatheringElements(places).reshaped([1, places.count]).product(transposed: shares)
    }
}

extension MultiVectorScoring {
    /// The name of the reference's function or class, such as `colbert_kd_scores` or `XTRScores(top_k=64)`.
    func argument(_ form: Form) -> String {
        switch self {
        case .maxSim: form.rawValue
        case .meanMaxSim: "mean_\(form.rawValue)"
        case .xtr(let topK):
            switch form {
            case .all: "XTRScores(top_k=\(topK))"
            case .own: "XTRKDScores(top_k=\(topK))"
            case .pairs: "xtr_scores_pairwise(top_k=\(topK))"
            }
        }
    }

    /// Which queries and documents a loss compares.
    enum Form: String, CaseIterable {
        /// Each with each.
        case all = "colbert_scores"
        /// Each query with its own documents.
        case own = "colbert_kd_scores"
        /// Each query with one document.
        case pairs = "colbert_scores_pairwise"
    }

    /// The function of a name, of whichever form; nil if there is none.
    init?(argument: String) {
        let parts = argument.split(separator: "(", maxSplits: 1).map(String.init)
        guard let name = parts.first?.split(separator: ".").last.map(String.init) else { return nil }
        let settings = parts.count > 1 ? parts[1].dropLast().split(separator: ",").map { $0.filter { $0 != " " } } : []
        let topK = settings.first { $0.hasPrefix("top_k=") }.flatMap { Int($0.dropFirst(6)) }
        if Form.allCases.contains(where: { $0.rawValue == name }) {
            self = .maxSim
        } else if Form.allCases.contains(where: { "mean_\($0.rawValue)" == name }) {
            self = .meanMaxSim
        } else if ["xtr_scores", "xtr_kd_scores", "xtr_scores_pairwise", "XTRScores", "XTRKDScores"].contains(name) {
            self = .xtr(topK: topK ?? 256)
        } else {
            return nil
        }
    }
}

extension LossArguments {
    /// How vectors are compared.
    mutating func scoring() throws -> MultiVectorScoring {
        guard let name = try string("similarity_fct") else { return .maxSim }
        guard let scoring = MultiVectorScoring(argument: name) else {
            throw TrainingError(
                .invalidArgument,
                "\(self.name): similarity_fct must be colbert_scores, mean_colbert_scores or XTRScores(top_k=256), found "
                    + name.quoted)
        }
        return scoring
    }
}

extension MultiVectorScoring {
    /// Refuses a number of products below 1.
    func check() throws {
        if case .xtr(let topK) = self, topK < 1 {
            throw TrainingError(.invalidArgument, "top_k is \(topK); it must be at least 1")
        }
    }
}

extension LossBatch {
    /// The vectors of each text of each column.
    var vectors: [[Tensor]] {
        zip(columns, offsets).map { vectors, offsets in (0..<offsets.count).map { vectors.rowRange(offsets[$0]) } }
    }
}
