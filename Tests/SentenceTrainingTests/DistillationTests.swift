// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceDefaultModel
import SentenceTensors
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Static models by distillation")
struct DistillationTests {
    private static let texts = [
        "it is sunny today", "the man plays guitar", "many people live in berlin", "eating pasta", "a result",
        "lovely weather outside", "he eats food", "the guitar",
    ]

    private static func teacher() throws -> SentenceTransformer {
        try SentenceTransformer(directory: Fixture.url("models/mean"))
    }

    @Test("Without texts, the vectors are the principal components of the teacher's vectors of tokens")
    func tokens() throws {
        let teacher = try Self.teacher()
        var options = StaticDistillationOptions()
        (options.dimensions, options.frequencyWeight) = (teacher.embeddingDimension, nil)
        let model = try distillStatic(teacher, options: options)
        #expect(model.embeddingDimension == teacher.embeddingDimension)
        // Differences of single words lie in the same directions, only turned, so that distances stay.
        let words = ["sunny", "guitar", "berlin", "pasta", "weather"]
        let table = try #require(model.pipeline.parameters.first?.parameter.tensor)
        let tokenizer = try #require(teacher.tokenizer)
        let ids = try words.map { Int(try #require(tokenizer.id(of: $0))) }
        let rows = ids.map { Array(table.floats[$0 * table.columns..<($0 + 1) * table.columns]) }
        let vectors = try Self.tokenVectors(teacher, ids)
        for (a, b) in [(0, 1), (1, 2), (3, 4), (0, 4)] {
            let (found, wanted) = (Self.distance(rows[a], rows[b]), Self.distance(vectors[a], vectors[b]))
            #expect(abs(found - wanted) <= 1e-3 * wanted)
        }
        options.vocabulary = ["sunny", "guitar"]
        let few = try distillStatic(teacher, options: options)
        #expect(few.parameterCount < model.parameterCount / 4)
        let (a, b) = (try few.encode(["sunny", "guitar"]), try model.encode(["sunny", "guitar"]))
        #expect(a.shape == b.shape && a.rowsNotFinite.isEmpty)
        options.vocabulary = ["no such token"]
        #expect(errorText { try distillStatic(teacher, options: options) }.contains("no such token"))
        options.vocabulary = nil
        options.dimensions = 8
        #expect(try distillStatic(teacher, options: options).embeddingDimension == 8)
        options.dimensions = 100_000
        #expect(errorText { try distillStatic(teacher, options: options) }.contains("those of the teacher"))
        let words2 = try SentenceTransformer(directory: Fixture.url("words/static"))
        #expect(try distillStatic(words2).labels == nil)
    }

    /// The hidden states of tokens between the special tokens, of unit length.
    private static func tokenVectors(_ teacher: SentenceTransformer, _ ids: [Int]) throws -> [[Float]] {
        let tokenizer = try #require(teacher.tokenizer)
        var options = EncodeOptions()
        options.threads = 1
        return try ids.map { id in
            let word = try #require(tokenizer.token(of: Int32(id)))
            let tokens = try teacher.encodeTokens([TokenizerInput(word)], options: options)[0]
            let row = Array(tokens[1])
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return row.map { $0 / length }
        }
    }

    private static func distance(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    @Test("With texts, similarities come closer to the teacher's, and the same seed gives the same bits")
    func training() throws {
        let teacher = try Self.teacher()
        func error(_ model: SentenceTransformer) throws -> Float {
            let (a, b) = (try teacher.encode(Self.texts), try model.encode(Self.texts))
            let (wanted, found) = (try teacher.similarity(a, a), try model.similarity(b, b))
            return zip(wanted.elements, found.elements).reduce(0) { $0 + abs($1.0 - $1.1) }
        }
        var options = StaticDistillationOptions()
        options.dimensions = 16
        let plain = try distillStatic(teacher, options: options)
        (options.generatedTextCount, options.texts, options.batchSize) = (400, Self.texts, 32)
        var steps: [String] = []
        let trained = try distillStatic(teacher, options: options) { steps.append($0) }
        #expect(steps.count == 3)
        #expect(try error(trained) < 0.7 * error(plain))
        #expect(try distillStatic(teacher, options: options).encode(Self.texts) == trained.encode(Self.texts))
    }

    @Test("Both layouts are loaded again, and int8 keeps directions", arguments: StaticWeightType.allCases)
    func layouts(type: StaticWeightType) throws {
        let model = try distillStatic(Self.teacher())
        let folder = try TemporaryFolder()
        try model.saveModel2Vec(to: folder.url.appending(path: "m2v"), as: type)
        let loaded = try SentenceTransformer(directory: folder.url.appending(path: "m2v"))
        let (a, b) = (try model.encode(Self.texts), try loaded.encode(Self.texts))
        // Numbers of 8 bits beside the largest one of the table, which is 40 times the usual one in this tiny model.
        let cosine: Float = type == .float32 ? 1 - 1e-6 : type == .float16 ? 1 - 1e-5 : 0.98
        let least = try model.similarityPairwise(a, b).min() ?? 0
        #expect(least >= cosine)
        let file = try Checkpoint(directory: folder.url.appending(path: "m2v"))
        #expect("\(try file.tensor(named: "embeddings").elementType)" == type.rawValue)
        try model.save(to: folder.url.appending(path: "own"))
        #expect(try SentenceTransformer(directory: folder.url.appending(path: "own")).encode(Self.texts) == a)
        #expect(errorText { try Self.teacher().saveModel2Vec(to: folder.url) }.contains("StaticEmbedding"))
    }

    @Test("The model of the program embeds texts, and finds what is similar")
    func builtIn() throws {
        let model = SentenceTransformer.default
        let embeddings = try model.encode([
            "A man is eating food.", "Someone eats a meal.", "The stock market fell today.", "",
        ])
        #expect(embeddings.shape == [4, 240])
        let similarities = try model.similarity(embeddings, embeddings)
        #expect(similarities[0, 1] > 0.5 && similarities[0, 2] < 0.3)
        let folder = try TemporaryFolder()
        try model.save(to: folder.url)
        let loaded = try SentenceTransformer(directory: folder.url)
        #expect(try loaded.encode("A man is eating food.") == model.encode("A man is eating food."))
    }
}
