// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Cross-encoders are the reference's")
struct CrossEncoderTests {
    @Test("Scores on every level", arguments: CrossEncoderFixture.names, KernelSet.available.indices)
    func scores(name: String, level: Int) throws {
        let fixture = try CrossEncoderFixture(name)
        try Execution.with(kernels: KernelSet.available[level]) {
            let model = try fixture.load()
            let calls: [(name: String, options: PredictOptions)] = [
                ("default", .init()), ("logits", .init(activation: .identity)),
                ("softmax", .init(appliesSoftmax: true)),
                ("prompt", .init(prompt: "Say whether it is sunny.")), ("named", .init(promptName: "sun")),
                ("long", .init(promptName: "long")), ("none", .init(prompt: "")),
                ("explicit", .init(prompt: "the weather is ")),
            ]
            for (call, options) in calls where fixture.expected.contains(call) {
                let found = try model.predict(fixture.pairs, options: options)
                #expect(relativeDifference(found, try fixture.result(call)) <= Tolerance.score, "\(call)")
            }
        }
    }

    @Test("Gradients of every head's parameters are PyTorch's", arguments: CrossEncoderFixture.classifiers)
    func gradientsOfHead(name: String) throws {
        let fixture = try CrossEncoderFixture(name)
        let model = try fixture.load()
        let transformer = try #require(model.pipeline.modules.first as? Transformer)
        let batch = try model.tokenize(fixture.pairs, maximumLength: transformer.maximumSequenceLength)
        let parameters = transformer.headParameters
        #expect(!parameters.isEmpty)
        let found = try Execution.with(threads: 2, recordsGradients: true) {
            var features = Features(.tokens(batch))
            try model.pipeline.route(for: nil)(&features)
            let seed = try fixture.expected.tensor(named: "gradient.seed").float32()
            return gradients(
                of: try #require(features.scores), seed: seed, withRespectTo: parameters.map(\.parameter))
        }
        for (parameter, gradient) in zip(parameters, found) {
            let expected = try fixture.result("gradient.\(parameter.name)", columns: parameter.parameter.tensor)
            let gradient = Matrix(try #require(gradient, "\(parameter.name)").tensor.reshaped(as: expected))
            #expect(relativeDifference(gradient, expected) <= Tolerance.gradient, "\(parameter.name)")
        }
    }

    @Test(
        "Prints the rows of Models.md",
        .enabled(if: ProcessInfo.processInfo.environment["SENTENCE_PRINT_MODELS"] != nil))
    func table() throws {
        for name in CrossEncoderFixture.names {
            let fixture = try CrossEncoderFixture(name)
            let model = try fixture.load()
            let logits = try model.predict(fixture.pairs, options: .init(activation: .identity))
            let difference = relativeDifference(logits, try fixture.result("logits"))
            print("| \(name) | \(model.labelCount) | \(String(format: "%.1e", difference)) |")
        }
    }

    @Test("A pair's score does not depend on pairs beside it, nor on threads", arguments: CrossEncoderFixture.names)
    func invariance(name: String) throws {
        let fixture = try CrossEncoderFixture(name)
        let model = try fixture.load(.float32)
        let together = try model.predict(fixture.pairs)
        for options in [PredictOptions(batchTokens: 1, threads: 2), PredictOptions(batchTokens: 90, threads: 3)] {
            #expect(try model.predict(fixture.pairs, options: options) == together)
        }
        for (index, pair) in fixture.pairs.enumerated() {
            #expect(try model.predict([pair])[0] == together[index], "\(pair)")
        }
        #expect(try model.predict(Array(fixture.pairs.reversed())).elements.sorted() == together.elements.sorted())
    }

    @Test("What is saved gives the same bits", arguments: CrossEncoderFixture.names)
    func saving(name: String) throws {
        let fixture = try CrossEncoderFixture(name)
        let model = try fixture.load()
        let folder = try TemporaryFolder()
        try model.save(to: folder.url)
        try SavedModels.keep(model, "cross_encoders/\(name)")
        let again = try CrossEncoder(directory: folder.url, computePrecision: .float32Highest)
        #expect(try again.predict(fixture.pairs) == model.predict(fixture.pairs))
        #expect(again.prompts == model.prompts && again.defaultPromptName == model.defaultPromptName)
        #expect(again.activation == model.activation && again.labelNames == model.labelNames)
        #expect(again.maximumSequenceLength == model.maximumSequenceLength)
        let (before, after) = (try Checkpoint(directory: fixture.folder), try Checkpoint(directory: folder.url))
        #expect(Set(before.names) == Set(after.names))
    }

    @Test("Single texts and prompts become messages in encoders of plain folders with a template")
    func messages() throws {
        let fixture = try CrossEncoderFixture("chat")
        let model = try SentenceTransformer(directory: fixture.folder, computePrecision: .float32Highest)
        let texts = fixture.pairs.map(\.text)
        let found = try model.encode(texts)
        #expect(relativeDifference(found, try fixture.result("embeddings")) <= Tolerance.score)
        let prompted = try model.encode(texts, options: EncodeOptions(prompt: "Sunny: "))
        #expect(relativeDifference(prompted, try fixture.result("prompted")) <= Tolerance.score)
    }

    /// A copy of a fixture with some of its files replaced, or taken away.
    private func copy(
        _ name: String, _ files: [String: String?]
    ) throws -> (keeper: TemporaryFolder, url: URL) {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("cross_encoders/\(name)"), to: url)
        for (file, content) in files {
            try? FileManager.default.removeItem(at: url.appending(path: file))
            if let content { try Data(content.utf8).write(to: url.appending(path: file)) }
        }
        return (folder, url)
    }

    @Test(
        "Files that do not fit are refused by name",
        arguments: [
            ("causal_modules", "1_LogitScore/config.json", "{}", #"missing key "true_token_id""#),
            (
                "causal_modules", "1_LogitScore/config.json", #"{"true_token_id": 9999}"#,
                "LogitScore takes the logit of word 9999, found 292 words"
            ),
            ("causal_modules", "1_LogitScore/config.json", #"{"true_token_id": -1}"#, "the logit of word -1"),
            (
                "causal_modules", "1_LogitScore/config.json",
                #"{"true_token_id": 1, "module_input_name": "token_embeddings"}"#, "supported: causal_logits"
            ),
            (
                "causal_modules", "sentence_bert_config.json", #"{"transformer_task": "feature-extraction"}"#,
                "LogitScore takes the logits of a language model, found none"
            ),
            (
                "causal_modules", "sentence_bert_config.json", #"{"transformer_task": "any-to-any"}"#,
                #""transformer_task" is "any-to-any""#
            ),
            (
                "causal_modules", "modules.json",
                #"[{"path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"}]"#,
                "give no scores"
            ),
            ("chat_modules", "chat_template.jinja", nil, "its messages need a chat template"),
            (
                "chat_modules", "chat_template.jinja", "{% include 'x' %}",
                "chat template, line 1: the tag \"include\" is not supported"
            ),
            (
                "chat_modules", "sentence_bert_config.json",
                #"{"transformer_task": "text-generation", "modality_config": {"message": {"format": "round"}}}"#,
                "expected a format of auto, structured or flat"
            ),
            (
                "chat_modules", "sentence_bert_config.json",
                #"{"transformer_task": "text-generation", "processing_kwargs": {"text": {"max_length": 7}}}"#,
                #""processing_kwargs.text""#
            ),
            (
                "dense", "2_Dense/config.json",
                #"{"in_features": 7, "out_features": 1, "module_output_name": "scores"}"#,
                "linear.weight is [1, 48], expected [1, 7]"
            ),
        ])
    func damaged(name: String, file: String, content: String?, message: String) throws {
        let (keeper, url) = try copy(name, [file: content])
        let found = errorText { try CrossEncoder(directory: url) }
        #expect(found.contains(message), "\(found)")
        withExtendedLifetime(keeper) {}
    }

    @Test(
        "A template that does not show both texts of a pair is refused when a pair comes",
        arguments: [
            ("{{ messages[0].content }}", "since it leaves out the document"),
            (
                "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}",
                "leaves out the query and the document"
            ),
            ("{{ raise_exception('roles') }}", "it refuses the input: roles"),
        ])
    func pairsWithoutRoles(template: String, message: String) throws {
        let (keeper, url) = try copy("chat_modules", ["chat_template.jinja": template])
        let model = try CrossEncoder(directory: url)
        let found = errorText { try model.predict([("a", "b")]) }
        #expect(found.contains("cannot show a pair") && found.contains(message), "\(found)")
        withExtendedLifetime(keeper) {}
    }

    @Test("Templates that take contents apart get them in parts, and settings of the module")
    func parts() throws {
        let fixture = try CrossEncoderFixture("chat_modules")
        let flat = "{{ messages | map(attribute='content') | join('|') }}|x"
        let structured = "{{ messages[0].content[0].text }}|{{ messages[1].content[0]['text'] }}|{{ mark }}"
        let settings = """
            {"transformer_task": "text-generation", "processing_kwargs": {"chat_template": {"mark": "x"}},
             "modality_config": {"message": {"method": "forward", "method_output_name": "logits"}}}
            """
        let first = try copy("chat_modules", ["chat_template.jinja": flat])
        let second = try copy(
            "chat_modules", ["chat_template.jinja": structured, "sentence_bert_config.json": settings])
        let (a, b) = (try CrossEncoder(directory: first.url), try CrossEncoder(directory: second.url))
        #expect(try a.predict(fixture.pairs) == b.predict(fixture.pairs))
        withExtendedLifetime((first.keeper, second.keeper)) {}
    }

    @Test("No pairs, labels and their names")
    func labels() throws {
        let one = try CrossEncoderFixture("bert").load()
        let many = try CrossEncoderFixture("bert_labels").load()
        #expect(one.labelCount == 1 && one.labelNames == ["LABEL_0"] && one.activation == .sigmoid)
        #expect(many.labelCount == 3 && many.labelNames == ["contradiction", "entailment", "neutral"])
        #expect(many.activation == .identity)
        #expect(try one.predict([(String, String)]()).shape == [0, 1])
        #expect(try many.predict([(String, String)](), options: .init(appliesSoftmax: true)).shape == [0, 3])
        let score: Float = try one.predict("a", "b")
        #expect(try one.predict([("a", "b")]).elements == [score])
        #expect(try one.predict([("a", "b")], options: .init(appliesSoftmax: true)).elements == [score])
        let message = errorText { try many.predict("a", "b") as Float }
        #expect(message.contains("has 3 labels (contradiction, entailment, neutral)"), "\(message)")
        #expect(message.contains("call predict with an array"))
    }

    @Test("Another activation is kept by a copy and when it is saved")
    func activation() throws {
        let model = try CrossEncoderFixture("bert").load()
        let copy = model.with(activation: .identity)
        let pairs = [("sunny", "it is sunny")]
        #expect(try copy.predict(pairs) == model.predict(pairs, options: .init(activation: .identity)))
        #expect(try copy.predict(pairs) != model.predict(pairs))
        let folder = try TemporaryFolder()
        try copy.save(to: folder.url)
        #expect(try CrossEncoder(directory: folder.url).activation == .identity)
    }

    @Test("Documents are ranked best first, ties in their order")
    func rank() throws {
        let model = try CrossEncoderFixture("roberta").load()
        let query = "is it sunny?"
        let documents = ["It's so sunny outside!", "pasta", "", "It's so sunny outside!", "He drove to the stadium."]
        let scores = try model.predict(documents.map { (query, $0) }).elements
        let ranked = try model.rank(query, documents: documents)
        #expect(ranked.map(\.index).sorted() == [0, 1, 2, 3, 4])
        #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0.score >= $1.score })
        #expect(ranked.allSatisfy { $0.score == scores[$0.index] && $0.text == documents[$0.index] })
        let twins = ranked.map(\.index).filter { [0, 3].contains($0) }
        #expect(twins == [0, 3])
        #expect(try model.rank(query, documents: documents, topK: 2) == Array(ranked.prefix(2)))
        #expect(try model.rank(query, documents: documents, topK: 9) == ranked)
        #expect(try model.rank(query, documents: []).isEmpty)
    }

    @Test("Misuse is an error that says what to do")
    func misuse() throws {
        let model = try CrossEncoderFixture("bert").load()
        let errors: [(String, String)] = [
            (errorText { try model.rank(" \n", documents: ["b"]) }, "the query is empty, and a CrossEncoder ranks"),
            (errorText { try model.rank("a", documents: ["b"], topK: 0) }, "topK is 0; expected a positive number"),
            (errorText { try model.predict([TokenizerInput("a")]) }, "input 0 is a single text; a CrossEncoder scores"),
            (
                errorText { try model.predict([("a", "b")], options: .init(promptName: "query")) },
                "no prompt named \"query\"; it has: none"
            ),
            (errorText { try model.predict([("a", "b")], options: .init(threads: 0)) }, "threads is 0"),
            (
                errorText { try CrossEncoderFixture("bert_labels").load().rank("a", documents: ["b"]) },
                "too many for ranking; call predict"
            ),
            (
                errorText { try CrossEncoder(directory: Fixture.url("models/mean")) },
                "is a SentenceTransformer, not a CrossEncoder; open it with SentenceTransformer"
            ),
            (
                errorText { try CrossEncoder(directory: Fixture.url("models/plain")) },
                "the checkpoint holds an encoder without this head"
            ),
            (
                errorText { try CrossEncoder(directory: Fixture.url("models/float16")) },
                "is a SentenceTransformer, not a CrossEncoder; open it with SentenceTransformer"
            ),
            (
                errorText { try SentenceTransformer(directory: Fixture.url("cross_encoders/bert_labels")) },
                "is a CrossEncoder, not a SentenceTransformer; open it with CrossEncoder"
            ),
        ]
        for (found, expected) in errors { #expect(found.contains(expected), "\(found)") }
    }

    @Test("Ranked documents and inputs are coded and decoded")
    func coding() throws {
        func again<Value: Codable & Equatable>(_ value: Value) throws {
            #expect(try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value)) == value)
        }
        try again([RankedDocument(index: 0, score: 1, text: "é")])
        try again([TokenizerInput("a", pair: "b"), "c"])
    }
}

extension CrossEncoderFixture {
    /// A recorded tensor with the columns of another, a vector as one row.
    fileprivate func result(_ name: String, columns other: Tensor) throws -> Matrix {
        let tensor = try expected.tensor(named: name).float32()
        let columns = other.shape.last ?? 1
        return try Matrix(tensor.floats, rows: tensor.count / columns, columns: columns)
    }
}

extension Tensor {
    /// The elements with the shape of a matrix of as many.
    fileprivate func reshaped(as matrix: Matrix) -> Tensor { Tensor(floats, shape: matrix.shape) }
}
