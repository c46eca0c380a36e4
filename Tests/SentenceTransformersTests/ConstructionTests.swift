// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import SentenceTestSupport
import SentenceTransformers
import Synchronization
import Testing

@Suite("Construction")
struct ConstructionTests {
    @Test("What a caller gives wins over what the files say, and is saved")
    func overrides() async throws {
        let fixture = try ModelFixture("prompts")
        let model = try SentenceTransformer(
            directory: fixture.folder, computePrecision: .float32Highest,
            prompts: ["query": "mine: ", "new": "another: "], defaultPromptName: "new", similarityFunction: .manhattan,
            truncateDimension: 12)
        let usual = try fixture.load()
        #expect(model.prompts["query"] == "mine: " && model.prompts["passage"] == usual.prompts["passage"])
        #expect(model.defaultPromptName == "new" && model.similarityFunction == .manhattan)
        #expect(
            try await model.encode("text")
                == usual.encode("text", options: EncodeOptions(prompt: "another: ", truncateDimension: 12)))
        #expect(
            try await model.encodeQuery("text")
                == usual.encode("text", options: EncodeOptions(task: .query, prompt: "mine: ", truncateDimension: 12)))
        let folder = try TemporaryFolder()
        try model.save(to: folder.url)
        let again = try SentenceTransformer(blocking: folder.url.path, computePrecision: .float32Highest)
        #expect(again.prompts == model.prompts && again.defaultPromptName == "new")
        #expect(again.truncateDimension == 12 && again.similarityFunction == .manhattan)
        let other = try await SentenceTransformer(fixture.folder.path, truncateDimension: 3)
        #expect(try await other.encode("text").count == 3)
        #expect(
            try await SparseEncoder(directory: SparseFixture("bert").folder, maximumActiveDimensions: 2).encode(
                "the weather is"
            ).activeCount == 2)
        #expect(
            try MultiVectorEncoder(directory: MultiVectorFixture("keeping").folder, similarityFunction: .meanMaxSim)
                .similarityFunction == .meanMaxSim)
    }

    @Test("What a kind does not have, or is out of range, is refused by name")
    func refusals() throws {
        let folder = try ModelFixture("prompts").folder, sparse = try SparseFixture("bert").folder
        #expect(
            errorText { try SentenceTransformer(directory: folder, defaultPromptName: "nothing") }
                == "the model has no prompt named \"nothing\"; it has: document, long, passage, query")
        #expect(
            errorText { try SentenceTransformer(directory: folder, truncateDimension: 0) }
                == "truncateDimension is 0; expected a positive number")
        #expect(
            errorText { try SentenceTransformer(directory: folder, maximumActiveDimensions: 3) }
                == "maximumActiveDimensions means nothing to a SentenceTransformer")
        #expect(
            errorText { try SparseEncoder(directory: sparse, truncateDimension: 3) }
                == "truncateDimension means nothing to a SparseEncoder")
    }

    @Test("Weights that are read, not mapped, may be changed in place afterwards")
    func unmapped() throws {
        let fixture = try ModelFixture("mean")
        let folder = try TemporaryFolder()
        let copy = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: fixture.folder, to: copy)
        let model = try SentenceTransformer(directory: copy, computePrecision: .float32Highest, mapsWeights: false)
        let weights = try FileHandle(forWritingTo: copy.appending(path: "model.safetensors"))
        try weights.truncate(atOffset: 0)
        #expect(try model.encode(fixture.texts) == fixture.load().encode(fixture.texts))
    }

    /// Keeps what is logged.
    private final class Records: LogHandler, Sendable {
        let lines = Mutex<[String]>([])
        var metadata: Logger.Metadata {
            get { [:] }
            set { _ = newValue }
        }
        var logLevel: Logger.Level {
            get { .trace }
            set { _ = newValue }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set { _ = newValue }
        }

        func log(event: LogEvent) {
            lines.withLock { $0.append("\(event.level): \(event.message)") }
        }
    }

    @Test("A logger gets the model's warnings")
    func warnings() throws {
        let fixture = try ModelFixture("mean")
        let folder = try TemporaryFolder()
        try FileManager.default.removeItem(at: folder.url)
        try FileManager.default.copyItem(at: fixture.folder, to: folder.url)
        let settings = folder.url.appending(path: "config_sentence_transformers.json")
        try Data(#"{"model_type": "SentenceTransformer", "something_new": 1}"#.utf8).write(to: settings)
        let records = Records()
        let model = try SentenceTransformer(directory: folder.url, logger: Logger(label: "test") { _ in records })
        #expect(!model.warnings.isEmpty)
        #expect(records.lines.withLock(\.self) == model.warnings.map { "warning: \($0)" })
    }

    @Test("A logger gets the news of a download: its begin, its tenths, its end")
    func downloads() {
        let records = Records()
        let news = ModelLogger(Logger(label: "test") { _ in records })
        for bytes in [0, 10, 50, 120, 500, 500, 1000, 1000] { news.log(download: "owner/name", bytes, of: 1000) }
        #expect(
            records.lines.withLock(\.self) == [
                "info: downloading owner/name", "debug: downloading owner/name: 10 %",
                "debug: downloading owner/name: 50 %",
                "info: downloaded owner/name",
            ])
    }

    @Test("A model prints what it is")
    func descriptions() throws {
        let model = try ModelFixture("prompts").load()
        let lines = "\(model)".split(separator: "\n")
        #expect(
            lines.first?.hasPrefix("SentenceTransformer: 144 dimensions, of which 45 are kept, dot, texts of at most ")
                == true)
        #expect(lines.dropFirst().first?.hasPrefix("  (0) Transformer: bert, ") == true)
        #expect(lines.count == model.pipelineModuleCount + 2 && lines.last == "  from \(model.directory.path)")
        #expect("\(try SparseFixture("bert").load())".hasPrefix("SparseEncoder: "))
        #expect("\(try MultiVectorFixture("keeping").load())".contains(" dimensions for each token, maxsim, "))
        let scorer = try CrossEncoder(directory: CrossEncoderFixture("bert").folder)
        #expect("\(scorer)".hasPrefix("CrossEncoder: \(scorer.resultDescription)"))
    }
}

extension BaseModel {
    fileprivate var pipelineModuleCount: Int { pipeline.modules.count }
}
