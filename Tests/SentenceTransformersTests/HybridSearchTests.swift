// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Hybrid search")
struct HybridSearchTests {
    private static let texts = [
        "A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby.",
        "A man is riding a horse.", "A woman is playing the violin.", "Two men pushed carts through the woods.",
        "A monkey is playing drums.", "Someone in a gorilla costume is playing a set of drums.",
    ]
    private static let queries = ["a man eating bread", "drums of a gorilla", "zzz"]

    private static func dense() throws -> DenseRetriever {
        try DenseRetriever(SentenceTransformer(directory: Fixture.url("models/mean")), texts: texts)
    }

    @Test("One search keeps its list and its scores")
    func single() throws {
        let dense = try Self.dense()
        let lists = try dense.search(Self.queries, topK: 3, allowed: nil, threads: 2)
        let found = try HybridSearch([dense]).search(Self.queries, topK: 3)
        #expect(found.map { $0.map(\.index) } == lists.map { $0.map(\.index) })
        #expect(found.map { $0.map { Float($0.score) } } == lists.map { $0.map(\.score) })
        #expect(try HybridSearch([dense]).search("zzz", topK: 20).count == Self.texts.count)
    }

    @Test("Lists of all kinds are fused, and each part explains its share")
    func fused() throws {
        let retrievers: [any TextRetriever] = [
            try Self.dense(), try LexicalIndex(Self.texts),
            try SparseRetriever(SparseEncoder(directory: Fixture.url("sparse/bert")), texts: Self.texts),
            try MultiVectorRetriever(MultiVectorEncoder(directory: Fixture.url("vectors/mpnet")), texts: Self.texts),
        ]
        let search = try HybridSearch(retrievers, weights: [1, 2, 1, 1])
        let hits = try search.search(Self.queries, topK: 5)
        let lists = try retrievers.map { try $0.search(Self.queries, topK: 100, allowed: nil, threads: nil) }
        for (query, hits) in hits.enumerated() {
            #expect(hits.count == 5)
            #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.score >= $1.score })
            for hit in hits {
                #expect(hit.found.parts.map(\.name) == ["dense", "bm25", "sparse", "maxsim"])
                #expect(abs(hit.found.parts.reduce(0) { $0 + $1.contribution } - hit.score) < 1e-12)
                for (list, part) in zip(lists, hit.found.parts) {
                    #expect(part.rank == list[query].firstIndex { $0.index == hit.index }.map { $0 + 1 })
                }
            }
        }
        // No text has the word, so that nothing of it comes from BM25.
        #expect(hits[2].allSatisfy { $0.found.parts[1].rank == nil })
    }

    @Test("A filter holds in every kind of search", arguments: ["dense", "bm25", "sparse", "maxsim"])
    func filter(kind: String) throws {
        let allowed = try RowSet([1, 6, 7], count: Self.texts.count)
        let retriever: any TextRetriever =
            switch kind {
            case "dense": try Self.dense()
            case "bm25": try LexicalIndex(Self.texts)
            case "sparse":
                try SparseRetriever(SparseEncoder(directory: Fixture.url("sparse/bert")), texts: Self.texts)
            default:
                try MultiVectorRetriever(
                    MultiVectorEncoder(directory: Fixture.url("vectors/mpnet")), texts: Self.texts)
            }
        let all = try retriever.search(Self.queries, topK: 8, allowed: nil, threads: 1)
        let some = try retriever.search(Self.queries, topK: 8, allowed: allowed, threads: 2)
        #expect(some == all.map { $0.filter { allowed.contains($0.index) } })
    }

    @Test("A reranker orders what was found by its own scores, and the call can be asynchronous")
    func reranked() async throws {
        let model = try CrossEncoder(directory: Fixture.url("cross_encoders/bert"))
        let search = try HybridSearch(
            [Self.dense(), LexicalIndex(Self.texts)], candidates: 4, reranker: Reranker(model, texts: Self.texts))
        let found = try await search.search(Self.queries[0], topK: 3)
        let candidates = try await HybridSearch([Self.dense(), LexicalIndex(Self.texts)], candidates: 4)
            .search(Self.queries[0], topK: 4).map(\.index).sorted()
        let ranked = try await model.rank(Self.queries[0], documents: candidates.map { Self.texts[$0] }, topK: 3)
        #expect(found.map(\.index) == ranked.map { candidates[$0.index] })
        #expect(zip(found, ranked).allSatisfy { abs($0.score - Double($1.score)) < 1e-6 })
        #expect(found.allSatisfy { $0.found.parts.count == 2 })
    }

    @Test("What does not fit together is refused")
    func refusals() throws {
        let dense = try Self.dense(), other = try LexicalIndex(["one text"])
        func message(_ body: () throws -> Void) -> String? {
            #expect(throws: SentenceTransformersError.self, performing: body)?.message
        }
        #expect(message { _ = try HybridSearch([]) } == "a hybrid search of no searches; expected at least one")
        #expect(
            message { _ = try HybridSearch([dense, other]) }
                == "dense searches in 8 texts, and bm25 in 1; all must search in the same texts")
        #expect(message { _ = try HybridSearch([dense], weights: [1, 2]) } == "2 weights for 1 searches")
        #expect(message { _ = try HybridSearch([dense], candidates: 0) } != nil)
        #expect(message { _ = try HybridSearch([dense]).search("a", topK: 0) } != nil)
        #expect(throws: SearchError.self) {
            try HybridSearch([dense]).search("a", allowed: RowSet(count: 3) { _ in true })
        }
    }
}
