// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Models without a transformer")
struct WordModelTests {
    static let names = ["average", "weighted", "cnn", "bow", "presence", "static", "model2vec"]

    private func texts() throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(contentsOf: Fixture.url("words/texts.json")))
    }

    private func expected(_ name: String) throws -> Matrix {
        Matrix(try Checkpoint(file: Fixture.url("words/\(name)/expected.safetensors")).tensor(named: "texts").float32())
    }

    @Test("Embeddings are the reference's", arguments: names)
    func agreement(name: String) throws {
        let model = try SentenceTransformer(
            directory: Fixture.url("words/\(name)"), computePrecision: .float32Highest)
        let expected = try expected(name)
        let found = try model.encode(texts())
        // Of no words at all the largest is negative infinity on both sides.
        let largest = expected.elements.reduce(1) { $1.isFinite ? max($0, abs(Double($1))) : $0 }
        #expect(found.shape == expected.shape)
        for (a, b) in zip(found.elements, expected.elements) {
            #expect(a == b || abs(Double(a) - Double(b)) <= Tolerance.relative * largest)
        }
        #expect(try model.encode(texts(), options: EncodeOptions(batchTokens: 3, threads: 2)) == found)
    }

    @Test("What is saved loads again", arguments: names)
    func saving(name: String) throws {
        let model = try SentenceTransformer(directory: Fixture.url("words/\(name)"))
        let folder = try TemporaryFolder()
        try model.save(to: folder.url)
        try SavedModels.keep(model, "words/\(name)")
        let again = try SentenceTransformer(directory: folder.url)
        #expect(try again.encode(texts()) == model.encode(texts()))
    }

    @Test("Words have no subwords and no pairs")
    func words() throws {
        let model = try SentenceTransformer(directory: Fixture.url("words/average"))
        #expect(model.tokenizer == nil)
        #expect(model.maximumSequenceLength == 9)
        let message = errorText { try model.encode([TokenizerInput("a", pair: "b")]) }
        #expect(message == "a model that reads whole words takes no pairs of texts")
    }

    @Test("A mapping to rows that are not there is refused", arguments: [Float.nan, -1, 2, 0.5])
    func mapping(row: Float) throws {
        let folder = try TemporaryFolder()
        let source = Fixture.url("words/model2vec")
        let copy = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: source, to: copy)
        try SafetensorsWriter.write(
            ["embeddings": .zeros([2, 7]), "mapping": Tensor([0, row], shape: [2])],
            to: copy.appending(path: "model.safetensors"))
        let message = errorText { try SentenceTransformer(directory: copy) }
        #expect(message.contains("do not fit \"embeddings\" of 2 rows"))
    }
}
