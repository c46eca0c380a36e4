// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceTestSupport
import Testing

@Suite("mine, cluster and pictures on the command line")
struct MiningCommandTests {
    private let folder: TemporaryFolder
    private let texts: String
    private static let model = Fixture.url("models/mean").path

    init() throws {
        folder = try TemporaryFolder()
        texts = try folder.write(
            "a cat sits\nthe dog runs\na cat sits\nseven red cars\na cat sits\nthe dog runs\n", to: "texts.txt"
        ).path
    }

    private func groups(_ arguments: [String]) throws -> [[Int]] {
        let result = try Command.run(arguments + ["--json"])
        #expect(result.status == 0, "\(result.error)")
        return try #require(try JSONValue(parsing: result.output).asArray).map { group in
            try #require(group.asArray).map { try #require($0.asInt) }
        }
    }

    @Test("Duplicates are groups of rows, largest first; equal texts need no model")
    func duplicates() throws {
        let expected = [[0, 2, 4], [1, 5]]
        #expect(try groups(["mine", "duplicates", "--input", texts, "--exact"]) == expected)
        let similar = ["mine", "duplicates", "--model", Self.model, "--input", texts, "--threshold", "0.9999"]
        #expect(try groups(similar) == expected)
        #expect(try groups(["mine", "duplicates", "--input", texts + ".embeddings.npy", "--connected"]).first != nil)
    }

    @Test("Paraphrases and translations are arrays of score and two rows, best first")
    func pairs() throws {
        let result = try Command.run(
            ["mine", "paraphrases", "--model", Self.model, "--input", texts, "--threshold", "0.9999", "--json"])
        let pairs = try #require(try JSONValue(parsing: result.output).asArray).map { try #require($0.asArray) }
        let rows = pairs.map { [$0[1].asInt ?? -1, $0[2].asInt ?? -1] }
        #expect(Set(rows) == [[0, 2], [0, 4], [2, 4], [1, 5]])
        #expect(pairs.allSatisfy { abs(($0[0].asDouble ?? 0) - 1) < 1e-5 })
        let other = try folder.write("seven red cars\na cat sits\nthe dog runs\n", to: "other.txt").path
        let bitext = try Command.run(
            ["mine", "bitext", "--model", Self.model, "--source", other, "--target", other, "--json", "--no-cache"])
        let found = try #require(try JSONValue(parsing: bitext.output).asArray).map { try #require($0.asArray) }
        #expect(Set(found.map { [$0[1].asInt, $0[2].asInt] }) == [[0, 0], [1, 1], [2, 2]])
    }

    @Test("Hard negatives are lines to train on, in every form")
    func negatives() throws {
        let lines = (0..<6).map { "{\"query\": \"what is \($0)\", \"answer\": \"it is number \($0)\"}" }
        let pairs = try folder.write(lines.joined(separator: "\n") + "\n", to: "pairs.jsonl").path
        func rows(_ arguments: [String]) throws -> [JSONObject] {
            let result = try Command.run(["mine", "negatives", "--model", Self.model, "--input", pairs] + arguments)
            #expect(result.status == 0, "\(result.error)")
            #expect(result.error.contains("mean score of positives"))
            return try result.output.split(separator: "\n").map {
                try #require(try JSONValue(parsing: String($0)).asObject)
            }
        }
        let triplets = try rows(["--count", "2"])
        #expect(triplets.count == 12)
        for row in triplets {
            #expect(Set(row.keys.map(\.string)) == ["query", "answer", "negative"])
            #expect(row["negative"] != row["answer"])
        }
        let lists = try rows(
            [
                "--format", "labeled-list", "--corpus", texts, "--rerank", Fixture.url("cross_encoders/bert").path,
                "--min-score",
                "0", "--random", "3", "--range-max", "8",
            ])
        for row in lists {
            #expect(row["labels"]?.asArray?.compactMap(\.asDouble) == [1, 0, 0, 0])
            #expect(row["answer"]?.asArray?.count == 4)
        }
        let refused = try Command.run(
            ["mine", "negatives", "--model", Self.model, "--input", pairs, "--max-score", "-2"])
        #expect(refused.status != 0 && refused.error.contains("maxScore ruled out"))
    }

    @Test("Paraphrases among sparse embeddings, of texts and of both kinds of files, are the same")
    func sparsePairs() throws {
        let model = Fixture.url("sparse/bert").path
        func pairs(_ arguments: [String]) throws -> [JSONValue] {
            let result = try Command.run(["mine", "paraphrases", "--json", "--input"] + arguments)
            #expect(result.status == 0, "\(result.error)")
            return try #require(try JSONValue(parsing: result.output).asArray)
        }
        let found = try pairs([texts, "--model", model])
        #expect(found.count == 15)
        let best = found.prefix(4).map { [$0.asArray?[1].asInt ?? -1, $0.asArray?[2].asInt ?? -1] }
        #expect(Set(best) == [[0, 2], [0, 4], [2, 4], [1, 5]])
        #expect(found.prefix(4).allSatisfy { abs(($0.asArray?[0].asDouble ?? 0) - 1) < 1e-5 })
        for ending in ["npz", "safetensors"] {
            let file = folder.url.appending(path: "sparse.\(ending)").path
            let encoded = try Command.run(["encode", "--model", model, "--input", texts, "--output", file])
            #expect(encoded.status == 0, "\(encoded.error)")
            #expect(try pairs([file]) == found)
            let refused = try Command.run(["mine", "duplicates", "--input", file])
            #expect(
                refused.status == 1
                    && refused.error.contains(
                        "gives sparse embeddings; this works on dense ones, of a SentenceTransformer")
            )
        }
        let refused = try Command.run(["mine", "duplicates", "--input", texts, "--model", model])
        #expect(refused.status == 1 && refused.error.contains("the model is a SparseEncoder"))
    }

    @Test("Translations are found among embeddings of codes")
    func codes() throws {
        let file = folder.url.appending(path: "codes.npy").path
        let encoded = try Command.run(
            ["encode", "--model", Self.model, "--input", texts, "--precision", "int8", "--output", file])
        #expect(encoded.status == 0, "\(encoded.error)")
        let bitext = try Command.run(
            [
                "mine", "bitext", "--source", file, "--target", file, "--retrieval", "forward", "--margin", "absolute",
                "--json",
            ])
        let found = try #require(try JSONValue(parsing: bitext.output).asArray).map { try #require($0.asArray) }
        // Of equal texts the first one is the nearest.
        let nearest = Dictionary(uniqueKeysWithValues: found.map { ($0[1].asInt, $0[2].asInt) })
        #expect(bitext.status == 0 && nearest == [0: 0, 1: 1, 2: 0, 3: 3, 4: 0, 5: 1])
        #expect(try groups(["mine", "duplicates", "--input", file, "--threshold", "0.9999"]) == [[0, 2, 4], [1, 5]])
    }

    @Test(
        "Every method gives groups of all rows that belong together",
        arguments: [
            ["--threshold", "0.9999", "--min-community-size", "2"], ["--method", "kmeans", "--clusters", "3"],
            ["--method", "agglomerative", "--clusters", "3"],
            ["--method", "agglomerative", "--threshold", "0.001", "--linkage", "complete"],
            ["--method", "density", "--min-community-size", "2"],
        ])
    func clusters(arguments: [String]) throws {
        let found = try groups(["cluster", "--model", Self.model, "--input", texts] + arguments)
        // Density may count a neighbour in.
        let isExact = !arguments.contains("density")
        #expect(found.first.map(Set.init) == [0, 2, 4])
        #expect(isExact ? Set(found[1]) == [1, 5] : Set(found[1]).isSuperset(of: [1, 5]))
    }

    @Test("Clusters have names, and are drawn with the texts")
    func map() throws {
        let page = folder.url.appending(path: "map.html"), picture = folder.url.appending(path: "map.svg")
        for file in [page, picture] {
            let result = try Command.run(
                [
                    "cluster", "--model", Self.model, "--input", texts, "--method", "kmeans", "--clusters", "2",
                    "--plot", file.path,
                ])
            #expect(result.status == 0 && result.output.contains("0: "), "\(result.error)")
        }
        #expect(try String(contentsOf: page, encoding: .utf8).contains("seven red cars\\n["))
        #expect(try String(contentsOf: picture, encoding: .utf8).contains("<title>seven red cars</title>"))
    }

    @Test("Similarities are drawn as a heat map; tokens of sparse and multi-vector models are a table")
    func heatMaps() throws {
        let file = folder.url.appending(path: "matrix.svg")
        let similar = try Command.run("similarity", "mean", ["a cat", "a dog", "--plot", file.path])
        #expect(similar.output.hasPrefix("1.0000"))
        #expect(try String(contentsOf: file, encoding: .utf8).contains("<rect"))
        let sparse = try Command.run(
            ["similarity", "--model", Fixture.url("sparse/bert").path, "a cat", "a dog", "--tokens", "--json"])
        let weights = try #require(try JSONValue(parsing: sparse.output).asObject)
        #expect(weights["rows"] == ["a cat", "a dog"])
        #expect(weights["columns"]?.asArray?.count == weights["values"]?.asArray?.first?.asArray?.count)
        let late = try Command.run(
            ["similarity", "--model", Fixture.url("vectors/mpnet").path, "a cat", "a dog", "--tokens", "--json"])
        let products = try #require(try JSONValue(parsing: late.output).asObject)
        #expect((products["rows"]?.asArray?.count ?? 0) >= (products["columns"]?.asArray?.count ?? 1))
        let dense = try Command.run(["similarity", "--model", Self.model, "a", "b", "--tokens"])
        #expect(dense.status == 1 && dense.error.contains("--tokens needs a sparse or a multi-vector model"))
    }

    @Test(
        "Options that mean nothing for a method are refused",
        arguments: [
            ["--method", "kmeans"], ["--method", "kmeans", "--clusters", "2", "--threshold", "1"], ["--clusters", "2"],
            ["--method", "agglomerative"], ["--method", "agglomerative", "--clusters", "2", "--threshold", "1"],
            ["--method", "density", "--threshold", "1"], ["--plot", "map.png"],
        ])
    func refusals(arguments: [String]) throws {
        #expect(try Command.run(["cluster", "--model", Self.model, "--input", texts] + arguments).status == 64)
    }
}
