// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTransformers

extension ModelCard {
    /// What the Hub reads; its keys are those of the Hub's specification of model cards.
    var frontMatter: [(key: String, value: FrontMatter)] {
        var members: [(key: String, value: FrontMatter)] = []
        func texts(_ texts: [String]) -> FrontMatter { .list(texts.map(FrontMatter.text)) }
        if !details.languages.isEmpty { members.append(("language", texts(details.languages))) }
        if let license = details.license { members.append(("license", .text(license))) }
        members.append(("library_name", .text("sentence-transformers")))
        members.append(("tags", texts(tags)))
        if let baseModel { members.append(("base_model", .text(baseModel))) }
        members.append(("pipeline_tag", .text(pipelineTag)))
        if !metricNames.isEmpty { members.append(("metrics", texts(metricNames))) }
        if !results.isEmpty {
            let index: FrontMatter = .map([("name", .text(title)), ("results", .list(results))])
            members.append(("model-index", .list([index])))
        }
        return members
    }

    private var tags: [String] {
        let kind =
            switch Model.kind {
            case .sentenceTransformer: ["sentence-similarity", "feature-extraction", "dense"]
            case .crossEncoder: ["cross-encoder", "reranker"]
            case .sparseEncoder: ["sparse-encoder", "sparse"]
            case .multiVectorEncoder: ["multi-vector", "colbert", "late-interaction"]
            }
        let losses = trainer.losses.map { "loss:\($0.name)" }.unique { $0 }
        let rows = trainer.datasets.reduce(0) { $0 + $1.count }
        return ["sentence-transformers"] + kind + ["generated_from_trainer", "dataset_size:\(rows)"] + losses
            + details.tags
    }

    private var pipelineTag: String {
        switch Model.kind {
        case .sentenceTransformer: "sentence-similarity"
        case .crossEncoder: (model as? CrossEncoder)?.labelCount == 1 ? "text-ranking" : "text-classification"
        case .sparseEncoder, .multiVectorEncoder: "feature-extraction"
        }
    }

    private var metricNames: [String] {
        evaluations.filter { $0.evaluator != nil }.flatMap(\.metrics).map(\.name).unique { $0 }
    }

    /// The metrics of the trained model by evaluator.
    private var results: [FrontMatter] {
        evaluations.compactMap { evaluation in
            guard evaluation.evaluator != nil else { return nil }
            let metrics = evaluation.metrics.filter(\.after.isFinite).map { metric -> FrontMatter in
                .map([
                    ("type", .text(metric.name)), ("value", .number(metric.after)),
                    ("name", .text(CardEvaluation.words(metric.name))),
                ])
            }
            let data = evaluation.name.isEmpty ? "Unknown" : evaluation.name
            return metrics.isEmpty
                ? nil
                : .map([
                    (
                        "task",
                        .map([
                            ("type", .text(evaluation.task.lowercased().replacing(" ", with: "-"))),
                            ("name", .text(evaluation.task)),
                        ])
                    ),
                    ("dataset", .map([("name", .text(data)), ("type", .text(data))])), ("metrics", .list(metrics)),
                ])
        }
    }
}

extension Array {
    /// The first of the elements of each name.
    func unique(by name: (Element) -> String) -> [Element] {
        var seen: Set<ExactString> = []
        return filter { seen.insert(ExactString(name($0))).inserted }
    }
}
