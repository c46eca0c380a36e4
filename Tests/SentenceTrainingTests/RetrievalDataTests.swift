// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("BEIR folders")
struct RetrievalDataTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "qrels"), withIntermediateDirectories: true)
        for (name, text) in Self.files { _ = try folder.write(text, to: name) }
    }

    private static let files = [
        "corpus.jsonl": """
        {"_id": "d1", "title": "Sun", "text": "it is sunny", "metadata": {"url": "x"}}
        {"_id": 2, "title": "", "text": "a dog runs"}
        """,
        "queries.jsonl": """
        {"_id": "q1", "text": "weather"}
        {"_id": "q2", "text": "animals"}
        """,
        "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\t2\t0\nq2\t2\t1\n",
        "qrels/dev.tsv": "query-id\tcorpus-id\tscore\nq1\t2\t1\n",
    ]

    private func failure(_ name: String, _ text: String) throws -> String {
        _ = try folder.write(text, to: name)
        return errorText { try RetrievalData(contentsOf: folder.url) }
    }

    @Test("Titles stand before texts, and grades of 0 are not relevant")
    func reading() throws {
        let data = try RetrievalData(contentsOf: folder.url)
        #expect(data.corpus.map(\.id) == ["d1", "2"] && data.corpus.map(\.text) == ["Sun it is sunny", "a dog runs"])
        #expect(data.queries.map(\.text) == ["weather", "animals"] && data.relevance.map(\.grade) == [2, 0, 1])
        #expect(try RetrievalData(contentsOf: folder.url, split: "dev").relevance.map(\.document) == ["2"])
        var cutoffs = RetrievalCutoffs()
        cutoffs.gradedGain = [1]
        let evaluator = try InformationRetrievalEvaluator<SentenceTransformer>(data, cutoffs: cutoffs)
        let result = try evaluator.evaluate(SentenceTransformer(directory: Fixture.url("models/mean")))
        // Each query has one relevant document, both of which are among the first 3.
        #expect(result["cosine_recall@3"] == 1)
        #expect(result["cosine_graded_ndcg@1"] == result["cosine_accuracy@1"])
        #expect(result.rows[0].columns.allSatisfy { !$0.contains("raded") })
        #expect(result.samples.count == result.metrics.count)
    }

    @Test("What does not fit is told with file and line")
    func refusals() throws {
        let name = folder.url.lastPathComponent
        #expect(
            try failure("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\tmany\n")
                == "\(name)/qrels/test.tsv, line 2: \"score\" is \"many\"; expected a number")
        #expect(
            try failure("qrels/test.tsv", "query\tdocument\nq1\td1\n")
                == "\(name)/qrels/test.tsv, line 2: there is no \"query-id\"; found document, query")
        #expect(try failure("qrels/test.tsv", "").contains("qrels/test.tsv"))
        #expect(
            try failure("queries.jsonl", "{\"_id\": \"a\", \"text\": \"b\"}\n{\"_id\": \"a\", \"text\": \"c\"}\n")
                == "\(name)/queries.jsonl, line 2: two rows have the _id \"a\"")
        #expect(
            try failure("queries.jsonl", "{\"_id\": \"a\", \"text\": [1]}\n").contains("line 1: \"text\" is"))
        #expect(try failure("queries.jsonl", "[1]\n") == "\(name)/queries.jsonl, line 1: is no object")
        try FileManager.default.removeItem(at: folder.url.appending(path: "queries.jsonl"))
        #expect(
            errorText { try RetrievalData(contentsOf: folder.url) }
                .contains("there is no queries.jsonl; expected a folder with corpus, queries and qrels"))
        #expect(
            errorText { try RetrievalCollection(contentsOf: folder.url) }.contains("no folder in it has a corpus.jsonl")
        )
    }

    @Test("Data sets are chosen by name, with or without Nano before it")
    func collection() throws {
        let url = Fixture.url("evaluators/nano")
        #expect(try RetrievalCollection(contentsOf: url).sets.map(\.name) == ["NanoMSMARCO", "NanoNQ"])
        #expect(try RetrievalCollection(contentsOf: url, names: ["nq"]).sets.map(\.name) == ["NanoNQ"])
        #expect(
            errorText { try RetrievalCollection(contentsOf: url, names: ["fever"]) }
                .contains("there is no data set \"fever\"; found NanoMSMARCO, NanoNQ"))
    }
}

@Suite("Damaged BEIR folders")
struct RetrievalDataMutationTests {
    @Test(
        "A damaged file is read or refused",
        arguments: ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv", "bm25.jsonl"])
    func damaged(name: String) throws {
        let folder = try TemporaryFolder(), target = folder.url.appending(path: "set")
        try FileManager.default.copyItem(at: Fixture.url("evaluators/nano/NanoMSMARCO"), to: target)
        let file = target.appending(path: name)
        let (accepted, staysSmall) = try Mutations.run(
            "BEIR \(name)", of: [Array(Data(contentsOf: file))],
            pieces: ["\"", "\n", "\t", "{", "]", "_id"].map { Array($0.utf8) }, seed: 5, usualCount: 200
        ) { bytes in
            try Data(bytes).write(to: file)
            do {
                let data = try RetrievalData(contentsOf: target)
                _ = try data.rerankingSamples(count: 5, of: "set")
                _ = try InformationRetrievalEvaluator<SentenceTransformer>(data)
                return true
            } catch let error as TrainingError {
                #expect(!error.description.isEmpty && !error.description.contains("\n"))
                return false
            }
        }
        #expect(accepted > 0 && staysSmall)
    }
}
