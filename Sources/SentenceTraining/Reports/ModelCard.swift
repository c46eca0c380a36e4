// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The card of a trained model: what the Hub reads, and what people want to know before they use it.
///
/// It has the parts of the reference's card, in the same order; each part is an extension of this type.
struct ModelCard<Model: BaseModel> {
    let result: TrainingResult<Model>
    let details: ModelCardDetails
    /// The evaluators with the names and values of their metrics, before and after.
    let evaluations: [CardEvaluation]

    init(_ result: TrainingResult<Model>, _ details: ModelCardDetails) {
        self.result = result
        self.details = details
        evaluations = CardEvaluation.all(result)
    }

    var model: Model { result.model }
    var trainer: Trainer<Model> { result.trainer }

    /// The whole card.
    ///
    /// - Throws: ``TrainingError`` if the data can no longer be read, or what the tokenizer throws.
    var text: String {
        get throws {
            let parts = [
                "---\n\(FrontMatter.lines(frontMatter))---\n", "# \(Markdown.escaped(title))\n", description, modules,
                usage, metrics, try data, losses, arguments, log, circumstances, papers,
            ]
            return parts.filter { !$0.isEmpty }.joined(separator: "\n")
        }
    }

    /// The title.
    var title: String {
        details.name ?? (baseModel.map { "\(Model.kind.rawValue) based on \($0)" } ?? "\(Model.kind.rawValue) model")
    }

    /// The name on the Hub of the model that training began with, if it has one.
    var baseModel: String? { details.baseModel ?? origin?.name }

    /// Where in the Hub's cache the model that training began with stands: `models--OWNER--NAME/snapshots/COMMIT`.
    private var origin: (name: String, revision: String)? {
        let parts = trainer.model.directory.standardizedFileURL.pathComponents
        guard let place = parts.lastIndex(of: "snapshots"), place > 0, place + 1 < parts.count,
            parts[place - 1].hasPrefix("models--")
        else { return nil }
        let name = String(parts[place - 1].dropFirst("models--".count))
        // The Hub's names have one slash at most, and no "--".
        return (name.replacing("--", with: "/"), parts[place + 1])
    }

    // MARK: Description

    private var description: String {
        let revision = details.baseModel == nil ? origin.map { " at revision `\($0.revision)`" } : nil
        let base = baseModel.map { name in
            let isName = name.wholeMatch(of: #/[A-Za-z0-9_.\/-]+/#) != nil
            let shown = Markdown.escaped(name)
            return (isName ? "[\(shown)](https://huggingface.co/\(name))" : shown) + (revision ?? "")
        }
        let facts: [(String, String?)] = [
            ("Model type", Model.kind.words), ("Base model", base), ("Result", model.resultDescription),
            ("Maximum length", model.maximumSequenceLength.map { "\($0) tokens" } ?? "any"),
            ("Parameters", model.parameterCount.grouped),
            (
                "Languages",
                details.languages.isEmpty ? nil : Markdown.escaped(details.languages.joined(separator: ", "))
            ),
            ("License", details.license.map(Markdown.escaped)),
        ]
        let list = facts.compactMap { name, value in value.map { "- **\(name):** \($0)\n" } }
        return "\(Model.kind.sentence)\n\n## Model\n\n" + list.joined()
    }

    private var modules: String {
        let lines = model.pipeline.modules.enumerated().map { "(\($0)) \(type(of: $1).className): \($1.summary)" }
        return "### Modules\n\n" + Markdown.block(lines.joined(separator: "\n"))
    }

    // MARK: Papers

    private var papers: String {
        let found = trainer.losses.flatMap { LossPaper.of($0.base.configuration) }.unique { $0.paper.key }
        guard !found.isEmpty else { return "" }
        return "## Citation\n" + found.map { "\n\($0.loss):\n\n" + Markdown.block($0.paper.bibTeX, "bibtex") }.joined()
    }
}

extension ModelKind {
    /// The kind in words.
    var words: String {
        switch self {
        case .sentenceTransformer: "embedding model"
        case .crossEncoder: "cross-encoder (reranker)"
        case .sparseEncoder: "sparse encoder"
        case .multiVectorEncoder: "late-interaction model"
        }
    }

    /// What a model of the kind does, in one sentence.
    fileprivate var sentence: String {
        let library = "This is a model of [Sentence Transformers](https://www.sbert.net)"
        return switch self {
        case .sentenceTransformer:
            "\(library). It turns texts into dense vectors, for similarity, semantic search and clustering."
        case .crossEncoder: "\(library). It computes scores for pairs of texts, for reranking and classification."
        case .sparseEncoder:
            "\(library). It turns texts into sparse vectors, for semantic search with an inverted index."
        case .multiVectorEncoder:
            "\(library). It turns each token of a text into a vector, for search by late interaction (MaxSim)."
        }
    }
}
