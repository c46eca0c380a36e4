// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Reports")
struct ReportTests {
    /// The similarity of two texts, under any name.
    private struct Likeness: Evaluator {
        let name: String

        init(_ name: String) { self.name = name }

        func evaluate(_ model: SentenceTransformer) throws -> EvaluationResult {
            let embeddings = try model.encode(["one text", "another text"])
            let cosine = Double(try model.similarity(embeddings, embeddings)[0, 1])
            let prefix = name.isEmpty ? "" : "\(name)_"
            return EvaluationResult(
                metrics: [Metric("\(prefix)cosine", cosine), Metric("\(prefix)not_a_number", .nan)],
                primaryMetric: "\(prefix)cosine")
        }
    }

    /// Texts that mean something to Markdown, HTML, YAML, SVG or a language.
    private static let hostile = [
        "a | b || c", "line\nbreak\r\nand tab\t", "<script>alert(\"x\")</script>", "```\nfence\n```",
        "*bold* _it_ `code`",
        "--- # ![x](y) & &amp; ${z} \\", "\u{2028}\u{0085}\u{7F}\u{1}\u{FEFF}\u{FFFE}é日本語 👩‍👩‍👧",
        "\" ' {{ }} : - [1, 2] \\(x) \\N",
    ]

    private static func result(
        steps: Int = 6, data: TrainingData? = nil, evaluators: [any Evaluator<SentenceTransformer>] = []
    ) throws -> TrainingResult<SentenceTransformer> {
        var arguments = TrainingArguments(maxSteps: steps, batchSize: 4, learningRate: 1e-3)
        arguments.evaluation = .steps(2)
        let rows = (0..<16).map { "number \($0)" }
        let data =
            try data
            ?? TrainingData(
                name: "pairs", columns: ["anchor", "positive"], rows: rows.map { [.text("what is \($0)?"), .text($0)] })
        return try SentenceTransformerTrainer(
            model: SentenceTransformer(directory: Fixture.url("models/mean")), arguments: arguments, datasets: [data],
            loss: .matryoshka(.multipleNegativesRanking(), dimensions: [32, 16]), evaluationDatasets: [data],
            evaluators: evaluators
        ).trainBlocking()
    }

    private static func card(
        _ result: TrainingResult<SentenceTransformer>, _ details: ModelCardDetails = ModelCardDetails(),
        keptAs name: String? = nil
    ) throws -> String {
        let folder = try TemporaryFolder()
        try result.save(to: folder.url, card: details)
        if let name, let kept = ProcessInfo.processInfo.environment["SENTENCE_SAVED_MODELS"] {
            try result.save(to: URL(filePath: kept).appending(path: "cards/\(name)"), card: details)
        }
        let again = try SentenceTransformer(directory: folder.url)
        #expect(again.parameterCount == result.model.parameterCount)
        #expect(FileManager.default.fileExists(atPath: folder.url.appending(path: "training.svg").path))
        return try String(contentsOf: folder.url.appending(path: "README.md"), encoding: .utf8)
    }

    @Test("The front matter has what the Hub reads")
    func frontMatter() throws {
        let details = ModelCardDetails(
            name: "A \"good\" model: yes", languages: ["en", "no"], license: "apache-2.0", baseModel: "owner/base",
            tags: ["mine"])
        let result = try Self.result(evaluators: [Likeness("dev")])
        let card = try Self.card(result, details, keptAs: "plain")
        let value = try #require(result.history.evaluations.last?.metrics["eval_dev_cosine"])
        #expect(
            card.hasPrefix(
                """
                ---
                language:
                - "en"
                - "no"
                license: "apache-2.0"
                library_name: "sentence-transformers"
                tags:
                - "sentence-transformers"
                - "sentence-similarity"
                - "feature-extraction"
                - "dense"
                - "generated_from_trainer"
                - "dataset_size:16"
                - "loss:MatryoshkaLoss"
                - "mine"
                base_model: "owner/base"
                pipeline_tag: "sentence-similarity"
                metrics:
                - "cosine"
                - "not_a_number"
                model-index:
                - name: "A \\"good\\" model: yes"
                  results:
                  - task:
                      type: "likeness"
                      name: "Likeness"
                    dataset:
                      name: "dev"
                      type: "dev"
                    metrics:
                    - type: "cosine"
                      value: \(value)
                      name: "Cosine"
                ---

                """))
    }

    @Test("The card says what was trained, on what, how, and how good it is")
    func body() throws {
        let result = try Self.result(evaluators: [Likeness(""), Likeness("dev"), Likeness("dev_small")])
        let card = try Self.card(result)
        let before = try #require(result.history.evaluations.first?.metrics["eval_loss"])
        let rounded = "\((before * 10_000).rounded() / 10_000)"
        for expected in [
            "# SentenceTransformer model\n", "(0) Transformer: ", "import SentenceTransformers\n",
            "from sentence_transformers",
            "| Metric | Before | After |", "| loss | \(rounded) | ", "on <code>dev_small</code>, by `Likeness`",
            "| **cosine** | **", "16 rows. The first 16:",
            "| <code>what is number 0?</code> | <code>number 0</code> |", "`MatryoshkaLoss`:\n\n```json\n",
            "- `max_steps`: 6", "- `learning_rate`: 0.001",
            "- `eval_strategy`: steps, every 2", "| **1.5** | **6** |", "@misc{kusupati2022matryoshka",
            "@misc{henderson2017efficient", "![Loss, learning rate and metrics](training.svg)", "tokens: ",
        ] { #expect(card.contains(expected), "\(expected)") }
        #expect(!card.contains("- `seed`"), "the default is not listed")
        #expect(card.components(separatedBy: "by `Likeness`").count == 4, "each evaluator has its own metrics")
    }

    @Test("No text of a user can be anything but a text in the card")
    func hostileTexts() throws {
        let texts = Self.hostile
        let data = try TrainingData(
            name: texts.joined(), columns: [texts[0], texts[2]],
            rows: texts.map { [.text($0), .text(String($0.reversed()))] }
                + texts.map { [.text("1 \($0)"), .text("2 \($0)")] })
        var details = ModelCardDetails(name: texts.joined(), languages: texts, license: texts[5], tags: texts)
        details.baseModel = nil
        let card = try Self.card(
            Self.result(data: data, evaluators: [Likeness(texts[4])]), details, keptAs: "hostile")
        let lines = card.split(omittingEmptySubsequences: false) { $0 == "\n" }
        #expect(lines.count { $0 == "---" } == 2, "the front matter ends once")
        var isCode = false
        let prose = lines.drop { !$0.hasPrefix("# ") }.filter { line in
            if line.hasPrefix("```") { isCode.toggle() }
            return !isCode
        }
        #expect(!isCode && prose.contains("## Training log"), "every block of code ends")
        #expect(!prose.contains { $0.contains("<script>") || $0.contains("*bold*") })
        let tables = lines.drop { $0 != "## Training data" }.filter { $0.hasPrefix("| ") }
        #expect(tables.count >= 7)
        for line in tables.prefix(7) {
            #expect(
                line.count { $0 == "|" } == (line.contains("values") || line.hasPrefix("|  ") ? 4 : 3)
                    || line.contains("---"))
        }
        let unprintable = card.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
        #expect(unprintable.isEmpty)
    }

    @Test("The log of a long run has at most 100 rows, those of evaluations among them")
    func longLog() throws {
        let card = try Self.card(Self.result(steps: 240))
        let log = try #require(card.components(separatedBy: "## Training log").last)
        let rows = log.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
        #expect(rows.count == 100)
        #expect(rows.first?.contains("| 0 |") == true, "the untouched model")
        #expect(rows.last?.contains("| **240** |") == true)
    }

    @Test("The chart has a line for the loss, the rate and each metric, and is well-formed")
    func chart() throws {
        let folder = try TemporaryFolder()
        try Self.result(evaluators: [Likeness("<a&b>\u{FFFE}")]).save(to: folder.url)
        let svg = try String(contentsOf: folder.url.appending(path: "training.svg"), encoding: .utf8)
        #expect(
            svg.contains(">loss</text>") && svg.contains(">learning rate</text>") && svg.contains(">eval_loss</text>"))
        #expect(svg.contains(">eval_&#60;a&#38;b&#62;\u{FFFD}_cosine</text>"))
        #expect(svg.components(separatedBy: "stroke-width=\"1.5\"").count == 5, "four lines; NaN has none")
        #expect(!svg.contains("nan"))
        #expect(svg.components(separatedBy: "<g ").count == svg.components(separatedBy: "</g>").count)
    }
}
