// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One run of `search`.
struct SearchRun {
    let command: SearchCommand

    private var common: OptionalModelOptions { command.common }

    func callAsFunction() throws {
        if EmbeddingFile.isNamed(command.corpus) { return try searchEmbeddings() }
        let source = command.rows.source([command.corpus])
        try source.check()
        let queries = try self.queries()
        var reading = command.rows.reading(.texts)
        reading.keepsOthers = true
        let rows = try source.all(reading, isQuiet: common.quiet)
        guard !rows.isEmpty else { throw Failure("\(command.corpus) holds no texts to search in") }
        let texts = rows.map(\.input.text)
        let allowed = try command.filter.rows(of: rows, in: command.corpus)
        let search = try HybridSearch(
            retrievers(texts), candidates: max(command.candidates, command.topK), reranker: reranker(texts))
        let found = try search.search(queries, topK: command.topK, allowed: allowed, threads: common.threads)
        let hits = found.map { $0.map { SearchHit(hit: $0, row: rows[$0.index]) } }
        try SearchOutput(
            queries: queries, isJSON: command.json, explains: command.hybrid || command.rerank != nil
        ).print(hits)
    }

    // MARK: Queries and searches

    private func queries() throws -> [String] {
        guard let path = command.queries else { return command.query }
        let source = RowSource.files([path == "-" ? nil : path], nil)
        try source.check()
        return try source.all(RowReading(kind: .texts), isQuiet: common.quiet).map(\.input.text)
    }

    private func retrievers(_ texts: [String]) throws -> [any TextRetriever] {
        let words = try command.hybrid || common.model == nil ? LexicalIndex(texts, threads: common.threads) : nil
        guard let pipeline = try common.pipeline(command.kindOption) else { return words.map { [$0] } ?? [] }
        return [try embeddingRetriever(pipeline, texts)] + (words.map { [$0] } ?? [])
    }

    private func embeddingRetriever(_ pipeline: ModelPipeline, _ texts: [String]) throws -> any TextRetriever {
        let running = common.running
        func documents<Model: TextEncoder>(_ model: Model) throws -> Model.Embeddings {
            let options = model.options(running.options(Model.Options()), for: .document)
            return try model.encoded(texts.map { TokenizerInput($0) }, options, isQuiet: common.quiet)
        }
        switch pipeline.kind {
        case .sentenceTransformer:
            let model = try SentenceTransformer(pipeline: pipeline)
            let corpus = try common.embeddings(
                of: texts, in: command.corpus, model, task: .document, usesCache: !command.noCache)
            return DenseRetriever(model, corpus: corpus, queryOptions: running.options(EncodeOptions()))
        case .sparseEncoder:
            let model = try SparseEncoder(pipeline: pipeline)
            return try SparseRetriever(
                model, index: SparseIndex(documents(model), threads: common.threads),
                queryOptions: running.options(SparseEncodeOptions()))
        case .multiVectorEncoder:
            let model = try MultiVectorEncoder(pipeline: pipeline)
            return MultiVectorRetriever(
                model, documents: try documents(model), queryOptions: running.options(MultiVectorEncodeOptions()))
        case .crossEncoder:
            throw Failure(
                "the model is a CrossEncoder, which has no embeddings; search without --model and with --rerank")
        }
    }

    private func reranker(_ texts: [String]) throws -> Reranker? {
        try command.rerank.map { name in
            let running = common.running
            let model = try CrossEncoder(
                pipeline: common.loading.pipeline(name, .crossEncoder, running.computing.compute))
            return Reranker(model, texts: texts, options: running.options(PredictOptions()))
        }
    }

    // MARK: Embeddings in the place of texts

    private func searchEmbeddings() throws {
        let corpus = try SearchCorpus(contentsOf: URL(filePath: command.corpus))
        var function = SimilarityFunction.cosine, labels: [String] = []
        let queries: Matrix
        if let path = command.queries, EmbeddingFile.isNamed(path) {
            queries = try SearchCorpus(contentsOf: URL(filePath: path)).matrix()
            labels = (0..<queries.rows).map { "query \($0)" }
            if let pipeline = try common.pipeline(command.kindOption) {
                function = try SentenceTransformer(pipeline: pipeline).similarityFunction
            }
        } else {
            labels = try self.queries()
            let model = try SentenceTransformer(
                pipeline: common.pipeline(command.kindOption, for: command.queries ?? "--query"))
            function = model.similarityFunction
            queries = try model.encodeQuery(labels, options: common.running.options(EncodeOptions()))
        }
        let progress = ShareProgress("searching", isQuiet: common.quiet), share = 1 / Double(max(1, corpus.rows))
        let found = try semanticSearch(
            queries, in: corpus, topK: command.topK, scoreFunction: function, allowed: nil, threads: common.threads,
            onChunk: { progress.add(share * Double($0)) })
        progress.finish()
        try SearchOutput(queries: labels, isJSON: command.json, explains: false).print(
            found.map { $0.map { SearchHit(index: $0.index, score: Double($0.score)) } })
    }
}
