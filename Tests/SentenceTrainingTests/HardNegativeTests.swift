// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Hard negatives")
struct HardNegativeTests {
    /// Scores of float32 in another order.
    private static let tolerance = 1e-5

    private struct Fixture: Sendable {
        let json: JSONObject

        static let file = Result {
            let file = SentenceTestSupport.Fixture.url("hard_negatives/expected.json")
            return Fixture(
                json: try #require(JSONValue(parsing: String(contentsOf: file, encoding: .utf8)).asObject))
        }

        func texts(_ key: String) -> [String] { json[ExactString(key)]?.asArray?.compactMap(\.asString) ?? [] }
        func folder(_ key: String) throws -> URL {
            SentenceTestSupport.Fixture.url(try #require(json[ExactString(key)]?.asString))
        }
        var runs: [JSONValue] { json["runs"]?.asArray ?? [] }

        func pairs() throws -> TrainingData {
            try TrainingData(
                columns: ["query", "answer"],
                rows: zip(texts("queries"), texts("positives")).map { [.text($0), .text($1)] })
        }
    }

    @Test("Embeddings are kept under the hash of model and texts, and made again where they are damaged")
    func cache() throws {
        let fixture = try Fixture.file.get(), pairs = try fixture.pairs()
        let model = try SentenceTransformer(directory: SentenceTestSupport.Fixture.url("models/mean"))
        let other = try SentenceTransformer(directory: SentenceTestSupport.Fixture.url("models/tail"))
        let folder = try TemporaryFolder()
        var options = HardNegativeOptions()
        options.cacheDirectory = folder.url.appending(path: "cache")
        func mine(_ model: SentenceTransformer) throws -> [[TrainingValue]] {
            let mined = try mineHardNegatives(pairs, model: model, options: options).data
            return try (0..<mined.count).map { try mined.row($0) }
        }
        func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "cache").path).sorted()
        }
        let first = try mine(model), kept = try files()
        #expect(kept.count == 2)
        #expect(try mine(model) == first)
        #expect(try files() == kept)
        // What is there is used: with the documents in another order, others are found.
        let corpus = folder.url.appending(path: "cache").appending(path: try #require(kept.first))
        let right = try Data(contentsOf: corpus),
            embeddings = try SafetensorsFile(url: corpus).tensor(named: "embeddings")
        let rows = embeddings.float32().floats, size = embeddings.columns
        let turned = stride(from: rows.count - size, through: 0, by: -size).map { Array(rows[$0..<$0 + size]) }
        try Matrix(rows: turned).write(to: corpus)
        #expect(try mine(model) != first)
        for damage in [right.prefix(200), Data(), Data("x".utf8)] {
            try damage.write(to: corpus)
            #expect(try mine(model) == first)
            #expect(try Data(contentsOf: corpus) == right)
        }
        _ = try mine(other)
        #expect(try files().count == 4)
        options.documents.prompt = "a passage: "
        _ = try mine(model)
        #expect(try files().count == 5)
    }

    private static func options(_ values: JSONObject, corpus: [String]) throws -> HardNegativeOptions {
        var options = HardNegativeOptions()
        for (key, value) in values {
            func number() throws -> Float { Float(try #require(value.asDouble)) }
            func whole() throws -> Int { try #require(value.asInt) }
            switch key.string {
            case "absolute_margin": options.absoluteMargin = try number()
            case "relative_margin": options.relativeMargin = try number()
            case "max_score": options.maxScore = try number()
            case "min_score": options.minScore = try number()
            case "range_min": options.rangeMin = try whole()
            case "range_max": options.rangeMax = try whole()
            case "num_negatives": options.count = try whole()
            case "output_format":
                options.format = try #require(HardNegativeOptions.Format(rawValue: value.asString ?? ""))
            case "output_scores": options.hasScores = value == .bool(true)
            case "include_positives": options.includesPositives = true
            case "has_corpus": options.corpus = corpus
            case "cross_encoder": break
            default: Issue.record("unknown option \(key)")
            }
        }
        return options
    }

    /// Whether a value of a row is the reference's.
    private static func isSame(_ found: TrainingValue, _ expected: JSONValue) -> Bool {
        func isClose(_ numbers: [Double], _ expected: [Double]) -> Bool {
            numbers.count == expected.count && zip(numbers, expected).allSatisfy { abs($0 - $1) <= tolerance }
        }
        return switch found {
        case .text(let text): expected.asString == text
        case .texts(let texts): expected.asArray?.compactMap(\.asString) == texts
        case .number(let number): isClose([number], expected.asDouble.map { [$0] } ?? [])
        case .numbers(let numbers): isClose(numbers, expected.asArray?.compactMap(\.asDouble) ?? [])
        }
    }

    @Test("Rows are the reference's, with every limit, range and format")
    func reference() throws {
        let fixture = try Fixture.file.get(), pairs = try fixture.pairs(), corpus = fixture.texts("corpus")
        let model = try SentenceTransformer(
            directory: fixture.folder("model"), computePrecision: .float32Highest)
        let reranker = try CrossEncoder(directory: fixture.folder("reranker"), computePrecision: .float32Highest)
        #expect(fixture.runs.count > 60)
        for run in fixture.runs {
            let run = try #require(run.asObject), values = try #require(run["options"]?.asObject)
            let options = try Self.options(values, corpus: corpus)
            func mine() throws -> HardNegatives {
                try mineHardNegatives(
                    pairs, model: model, crossEncoder: values["cross_encoder"] == nil ? nil : reranker,
                    options: options)
            }
            let rows = run["rows"]?.asArray ?? []
            guard !rows.isEmpty else {
                let error = #expect(throws: TrainingError.self) { _ = try mine() }
                #expect(error?.description.hasPrefix("no query has enough negatives left: ") == true)
                continue
            }
            let found = try mine()
            #expect(found.data.columnNames == run["columns"]?.asArray?.compactMap(\.asString), "\(values)")
            try #require(found.data.count == rows.count, "\(values)")
            #expect(found.missing >= 0 && found.meanScores.positive.isFinite)
            for (index, row) in rows.enumerated() {
                let row = try #require(row.asArray), mined = try found.data.row(index)
                #expect(
                    mined.count == row.count && zip(mined, row).allSatisfy { Self.isSame($0, $1) },
                    "\(values), row \(index): \(mined), expected \(row)")
            }
        }
    }

    @Test("Random negatives are among those that may be taken, and depend on the seed alone")
    func random() throws {
        let fixture = try Fixture.file.get(), pairs = try fixture.pairs()
        let model = try SentenceTransformer(directory: fixture.folder("model"))
        var options = HardNegativeOptions()
        (options.rangeMax, options.count, options.format) = (12, 3, .tuple)
        func rows() throws -> [[TrainingValue]] {
            let data = try mineHardNegatives(pairs, model: model, options: options).data
            return try (0..<data.count).map { try data.row($0) }
        }
        options.count = 12
        let all = try rows()
        (options.count, options.sampling) = (3, .random(seed: 4))
        let drawn = try rows()
        #expect(try rows() == drawn)
        for (some, all) in zip(drawn, all) {
            let places = some[2...].compactMap { all[2...].firstIndex(of: $0) }
            #expect(places.count == 3 && places == Set(places).sorted())
        }
        options.sampling = .random(seed: 5)
        #expect(try rows() != drawn)
    }

    @Test("Settings that make no sense are refused")
    func refused() throws {
        let fixture = try Fixture.file.get(), pairs = try fixture.pairs()
        let model = try SentenceTransformer(directory: fixture.folder("model"))
        func message(_ data: TrainingData? = nil, _ change: (inout HardNegativeOptions) -> Void) -> String? {
            var options = HardNegativeOptions()
            change(&options)
            return #expect(throws: TrainingError.self) {
                _ = try mineHardNegatives(data ?? pairs, model: model, options: options)
            }?.description
        }
        #expect(message { $0.count = 0 } == "count is 0; it must be at least 1")
        #expect(message { $0.rangeMin = -1 } == "rangeMin is -1; it must be at least 0")
        #expect(message { $0.maxScore = .nan } == "maxScore is NaN; it must be a number")
        #expect(
            message { ($0.rangeMin, $0.rangeMax) = (4, 6) }
                == "3 negatives cannot be found among candidates 4 to 6; take a smaller count or rangeMin, or a larger rangeMax"
        )
        let single = try TrainingData(columns: ["text"], rows: [[.text("a")]])
        #expect(message(single) { _ in } == "the data has 1 column of texts; expected queries and positives")
        let lonely = try TrainingData(pairs: [("a", "b")])
        #expect(message(lonely) { _ in } == "no query has enough negatives left; there are 1 documents")
    }
}
