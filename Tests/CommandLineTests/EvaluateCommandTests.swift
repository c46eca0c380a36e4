// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceTestSupport
import Testing

@Suite("evaluate on the command line")
struct EvaluateCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let texts = ["the weather is lovely", "it is so sunny", "he drove to the stadium", "a dog runs"]

    private func file(_ columns: String, _ rows: [String]) throws -> String {
        try folder.write(columns + "\n" + rows.joined(separator: "\n") + "\n", to: "rows.csv").path
    }

    private func scores() throws -> String {
        try file(
            "sentence1,sentence2,score",
            zip(Self.texts, Self.texts.reversed()).enumerated().map { "\($1.0),\($1.1),\([0.5, 1, 0, 0.25][$0])" })
    }

    @Test("One JSON object has the metrics by their names")
    func json() throws {
        let path = try scores()
        let found = try #require(
            try Command.run("evaluate", "mean", ["--data", path, "--json", "--name", "dev"])
                .decoded([String: Double].self).first)
        #expect(Set(found.keys) == ["dev_pearson_cosine", "dev_spearman_cosine"])
        let similarities = try #require(
            try Command.run("similarity", "mean", ["--json"] + Self.texts).decoded([[Double]].self).first)
        // The pairs are symmetric, so that their similarities are ties: ranks 1.5, 3.5 or the other way round.
        let isRising = similarities[0][3] < similarities[1][2]
        let ranks = isRising ? [1.5, 3.5, 3.5, 1.5] : [3.5, 1.5, 1.5, 3.5]
        let wanted = [3.0, 4, 1, 2]
        let products = zip(ranks, wanted).reduce(0) { $0 + ($1.0 - 2.5) * ($1.1 - 2.5) }
        let expected = products / (4.0 * 5).squareRoot()
        #expect(abs((found["dev_spearman_cosine"] ?? .nan) - expected) < 1e-12)
    }

    @Test("Predictions are written where a search is evaluated, and refused elsewhere")
    func predictions() throws {
        let data = Fixture.url("evaluators/nano/NanoNQ").path, output = folder.url.appending(path: "results")
        _ = try Command.run("evaluate", "mean", ["--data", data, "--output", output.path, "--predictions"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: output.path).sorted() == [
                "Information-Retrieval_evaluation_predictions_cosine.jsonl",
                "Information-Retrieval_evaluation_results.csv",
            ])
        let model = ["evaluate", "--model", Fixture.url("models/mean").path, "--predictions"]
        let refused = try Command.run(model + ["--data", scores(), "--output", output.path])
        #expect(refused.status == 1 && refused.error.contains("--predictions is for a search in a folder"))
        #expect(try Command.run(model + ["--data", data]).status == 64)
    }

    @Test("A table marks the metric that decides, and CSV is appended")
    func table() throws {
        let path = try scores(), output = folder.url.appending(path: "results")
        for _ in 0..<2 {
            let lines = try Command.run("evaluate", "mean", ["--data", path, "--output", output.path]).lines
            #expect(lines.count == 2 && lines[0].hasPrefix("pearson_cosine   ") && lines[1].hasSuffix("  (main)"))
        }
        let file = output.appending(path: "similarity_evaluation_results.csv")
        let rows = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\r\n")
        #expect(rows.count == 4 && rows[0] == "epoch,steps,cosine_pearson,cosine_spearman" && rows[1] == rows[2])
        #expect(rows[1].hasPrefix("-1,-1,"))
    }

    @Test(
        "The columns and the kind of model say what is measured",
        arguments: [
            ("models/mean", "anchor,positive,negative", "a,b,c", "cosine_accuracy"),
            ("models/mean", "english,non_english", "a,b", "mean_accuracy"),
            ("models/mean", "query,answer", "a,b", "cosine_ndcg@10"),
            ("models/mean", "sentence1,sentence2,label", "a,b,1", "cosine_ap"),
            ("sparse/bert", "anchor,positive,negative", "a,b,c", "anchor_active_dims"),
            ("vectors/pylate", "anchor,positive,negative", "a,b,c", "maxsim_accuracy"),
            ("cross_encoders/bert", "sentence1,sentence2,label", "a,b,1", "average_precision"),
        ])
    func columns(model: String, columns: String, row: String, metric: String) throws {
        let path = try file(columns, [row, row])
        let result = try Command.run(
            ["evaluate", "--model", Fixture.url(model).path, "--data", path, "--json", "--quiet"])
        #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
        #expect(try JSONValue(parsing: result.output).asObject?[metric]?.asDouble != nil, "\(result.output)")
    }

    @Test("A correlation with something constant is null, since it is no number")
    func constant() throws {
        let path = try file("sentence1,sentence2,score", ["a,b,0.5", "c,d,0.5"])
        let result = try Command.run("evaluate", "mean", ["--data", path, "--json"])
        #expect(result.output == "{\"pearson_cosine\":null,\"spearman_cosine\":null}\n", "\(result.output)")
    }

    @Test("Columns without an evaluator are refused by name")
    func refused() throws {
        let path = try file("text,label", ["a,1"])
        try expectFailure(
            ["evaluate", "--model", Fixture.url("models/mean").path, "--data", path],
            "\(path) has the columns text, label, for which a SentenceTransformer has no evaluator; expected two texts "
                + "with a score or with 0 and 1 as labels, an anchor with a positive and perhaps a negative, or english "
                + "and non_english")
    }

    private static func evaluate(_ model: String, _ data: String, _ more: [String] = []) throws -> JSONObject {
        let result = try Command.run(
            ["evaluate", "--model", Fixture.url(model).path, "--data", Fixture.url(data).path, "--json", "--quiet"]
                + more)
        #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
        return try #require(try JSONValue(parsing: result.output).asObject)
    }

    @Test(
        "A folder is a data set, and a folder of folders is several",
        arguments: [
            ("models/mean", "cosine_ndcg@10", "NanoNQ_cosine_ndcg@10", "NanoBEIR_mean_cosine_ndcg@10"),
            ("sparse/bert", "avg_flops", "NanoNQ_dot_ndcg@10", "NanoBEIR_mean_avg_flops"),
            ("vectors/pylate", "maxsim_map@100", "NanoMSMARCO_maxsim_map@100", "NanoBEIR_mean_maxsim_map@100"),
            ("cross_encoders/bert", "base_ndcg@10", "NanoNQ_R100_base_map", "NanoBEIR_R100_mean_ndcg@10"),
        ])
    func folders(model: String, one: String, set: String, mean: String) throws {
        #expect(try Self.evaluate(model, "evaluators/nano/NanoNQ")[ExactString(one)]?.asDouble != nil)
        let all = try Self.evaluate(model, "evaluators/nano")
        #expect(all[ExactString(set)]?.asDouble != nil && all[ExactString(mean)]?.asDouble != nil)
    }

    @Test("Intervals and another model stand beside the metrics, under keys of their own")
    func compared() throws {
        let plain = try Self.evaluate("models/mean", "evaluators/nano/NanoNQ")
        let found = try Self.evaluate(
            "models/mean", "evaluators/nano/NanoNQ",
            ["--confidence", "--compare", Fixture.url("models/mean").path])
        #expect(Set(found.keys).subtracting(plain.keys) == ["confidence_intervals", "compared"])
        let name: ExactString = "cosine_ndcg@10"
        let ends = try #require(found["confidence_intervals"]?.asObject?[name]?.asArray).compactMap(\.asDouble)
        let value = try #require(found[name]?.asDouble)
        #expect(ends.count == 2 && ends[0] <= value && value <= ends[1])
        let compared = try #require(found["compared"]?.asObject)
        #expect(compared["metrics"]?.asObject == plain)
        #expect(compared["differences"]?.asObject?[name]?.asDouble == 0)
        #expect(compared["p_values"]?.asObject?[name]?.asDouble == 1)
    }

    @Test("The table has a column for each of them")
    func comparedTable() throws {
        let lines = try Command.run(
            "evaluate", "mean",
            ["--data", try scores(), "--confidence", "--compare", Fixture.url("models/mean").path]
        ).lines
        #expect(lines.count == 3 && lines[0].hasPrefix("metric"), "\(lines)")
        for title in ["95 % interval", "other", "difference", "p-value"] { #expect(lines[0].contains(title)) }
        #expect(lines[2].hasSuffix("0.000000   1.0000  (main)"), "\(lines)")
    }

    @Test("A model of another kind is not compared with, and a name is for one data set")
    func refusedComparison() throws {
        let model = Fixture.url("models/mean").path, other = Fixture.url("sparse/bert").path
        try expectFailure(
            ["evaluate", "--model", model, "--data", try scores(), "--compare", other],
            "\(model) is a SentenceTransformer and \(other) a SparseEncoder; expected models of one kind")
        let nano = Fixture.url("evaluators/nano").path
        try expectFailure(
            ["evaluate", "--model", model, "--data", nano, "--name", "x"],
            "--name is for one data set; the metrics of \(nano) have the names of its folders")
    }
}
