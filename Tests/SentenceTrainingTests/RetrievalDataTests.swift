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

    /// Moves a file away and writes it again in another form.
    private func replace(_ old: String, by new: String, _ bytes: some Sequence<UInt8>) throws {
        try FileManager.default.removeItem(at: folder.url.appending(path: old))
        _ = try folder.write(bytes, to: new)
    }

    @Test(
        "Each file may be packed, or a table with or without a title",
        arguments: [
            ("corpus.jsonl.gz", Self.files["corpus.jsonl"] ?? ""),
            ("corpus.csv", "_id,title,text\nd1,Sun,\"it is sunny\"\n2,,a dog runs\n"),
            ("corpus.csv.gz", "text,_id\r\n\"Sun it is sunny\",d1\r\na dog runs,2\r\n"),
            ("corpus.tsv", "_id\ttext\ttitle\nd1\tit is sunny\tSun\n2\ta dog runs\t\n"),
            (
                "corpus.json",
                "[{\"_id\": \"d1\", \"text\": \"Sun it is sunny\"}, {\"_id\": 2, \"text\": \"a dog runs\"}]"
            ),
            ("queries.jsonl.gz", Self.files["queries.jsonl"] ?? ""),
            ("queries.tsv", "_id\ttext\nq1\tweather\nq2\tanimals\n"),
            ("queries.csv.gz", "_id,text\nq1,weather\nq2,animals\n"),
            ("qrels/test.tsv.gz", Self.files["qrels/test.tsv"] ?? ""),
            ("qrels/test.csv", "query-id,corpus-id,score\nq1,d1,2\nq1,2,0\nq2,2,1\n"),
            (
                "qrels/test.jsonl",
                "{\"query-id\":\"q1\",\"corpus-id\":\"d1\",\"score\":2}\n"
                    + "{\"query-id\":\"q1\",\"corpus-id\":2,\"score\":0}\n{\"query-id\":\"q2\",\"corpus-id\":2}\n"
            ),
        ])
    func forms(name: String, text: String) throws {
        let expected = try RetrievalData(contentsOf: folder.url)
        let old = try #require(
            Self.files.keys.first { name.hasPrefix($0.prefix { $0 != "." }) && $0 != "qrels/dev.tsv" })
        try replace(old, by: name, name.hasSuffix(".gz") ? Gzip.member(text.utf8) : Array(text.utf8))
        let found = try RetrievalData(contentsOf: folder.url)
        #expect(found.corpus.map(\.id) == expected.corpus.map(\.id))
        #expect(found.corpus.map(\.text) == expected.corpus.map(\.text))
        #expect(found.queries.map(\.id) == expected.queries.map(\.id))
        #expect(found.queries.map(\.text) == expected.queries.map(\.text))
        #expect(found.relevance.map(\.query) == expected.relevance.map(\.query))
        #expect(found.relevance.map(\.document) == expected.relevance.map(\.document))
        #expect(found.relevance.map(\.grade) == expected.relevance.map(\.grade))
    }

    @Test("A packed file that is cut is refused by name")
    func cut() throws {
        try replace(
            "corpus.jsonl", by: "corpus.jsonl.gz", Gzip.member((Self.files["corpus.jsonl"] ?? "").utf8).dropLast(9))
        #expect(
            errorText { try RetrievalData(contentsOf: folder.url) }
                .contains("/corpus.jsonl.gz: the gzip data ends early; the file is incomplete"))
    }

    @Test("Parquet files, as the Hub has them, are refused by name with what to do")
    func parquet() throws {
        let hub = try TemporaryFolder()
        for part in ["corpus", "qrels", "queries"] {
            _ = try hub.write("PAR1", to: "\(part)/NanoMSMARCO-00000-of-00001.parquet")
        }
        let expected =
            "\(hub.url.path): corpus/NanoMSMARCO-00000-of-00001.parquet is a Parquet file, which is not read; convert the "
            + "files of corpus, queries and qrels to corpus.jsonl, queries.jsonl and qrels.jsonl, in Python with "
            + "pandas.read_parquet(…).to_json(…, orient=\"records\", lines=True)"
        #expect(errorText { try RetrievalData(contentsOf: hub.url) } == expected)
        #expect(errorText { try RetrievalCollection(contentsOf: hub.url) } == expected)
        // One of the files was converted.
        try replace("queries.jsonl", by: "queries.parquet", "PAR1".utf8)
        #expect(errorText { try RetrievalData(contentsOf: folder.url) }.contains(": queries.parquet is a Parquet file"))
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
