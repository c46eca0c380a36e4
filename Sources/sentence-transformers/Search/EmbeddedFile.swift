// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Dense embeddings: those in a file, or those of the texts in a file.
struct EmbeddedFile {
    let path: String
    let embeddings: SearchCorpus
    /// The rows of the texts; nil if the file holds embeddings.
    let rows: [InputRow]?

    /// The texts, if the file holds texts.
    var texts: [String]? { rows?.map(\.input.text) }
}

/// Embeddings that can be compared with one another, and the rows of their texts.
enum ComparedFile {
    case dense(EmbeddedFile)
    case sparse(SparseMatrix, rows: [InputRow]?)

    /// The texts, if the file holds texts.
    var texts: [String]? {
        switch self {
        case .dense(let file): file.texts
        case .sparse(_, let rows): rows?.map(\.input.text)
        }
    }
}

/// Options of verbs that work on the embeddings of a file.
struct EmbeddedFileOptions: ParsableArguments {
    @OptionGroup(title: "Common options")
    var common: OptionalModelOptions

    @OptionGroup
    var rows: RowOptions

    @OptionGroup
    var kindOption: KindOption

    @Flag(help: "Neither use nor write the embeddings beside the texts.")
    var noCache = false

    static let inputHelp = """
        The texts: .jsonl, .json, .csv or .tsv, each also .gz, or a text a line; - for standard input; or embeddings, .npy \
        or .safetensors.
        """

    /// The dense embeddings of a file.
    func load(_ path: String) throws -> EmbeddedFile {
        guard case .dense(let file) = try loadCompared(path, takesSparse: false) else {
            throw Failure("\(path) gives sparse embeddings; this works on dense ones, of a SentenceTransformer")
        }
        return file
    }

    /// The dense or sparse embeddings of a file.
    ///
    /// `takesSparse` is whether sparse ones of texts are wanted.
    func loadCompared(_ path: String, takesSparse: Bool = true) throws -> ComparedFile {
        if EmbeddingFile.isNamed(path) {
            let url = URL(filePath: path)
            if SparseMatrix.isStored(in: url) { return .sparse(try SparseMatrix(contentsOf: url), rows: nil) }
            return .dense(EmbeddedFile(path: path, embeddings: try SearchCorpus(contentsOf: url), rows: nil))
        }
        let source = rows.source([path])
        try source.check()
        var reading = rows.reading(.texts)
        reading.keepsOthers = true
        let found = try source.all(reading, isQuiet: common.quiet)
        let pipeline = try common.pipeline(kindOption, for: path)
        switch pipeline.kind {
        case .sentenceTransformer:
            let embeddings = try common.embeddings(
                of: found.map(\.input.text), in: path, SentenceTransformer(pipeline: pipeline), task: nil,
                usesCache: !noCache)
            return .dense(EmbeddedFile(path: path, embeddings: embeddings, rows: found))
        case .sparseEncoder where takesSparse:
            let embeddings = try SparseEncoder(pipeline: pipeline).encoded(
                found.map { TokenizerInput($0.input.text) }, common.running.options(SparseEncodeOptions()),
                isQuiet: common.quiet)
            return .sparse(embeddings, rows: found)
        default:
            throw Failure(
                "the model is a \(pipeline.kind.rawValue); this works on dense embeddings, of a SentenceTransformer"
                    + (takesSparse ? ", and on sparse ones, of a SparseEncoder" : ""))
        }
    }
}

extension OptionalModelOptions {
    /// The embeddings of the texts in a file: those that are kept beside it, or new ones, which are then kept there.
    func embeddings(
        of texts: [String], in path: String, _ model: SentenceTransformer, task: EncodingTask?, usesCache: Bool
    ) throws -> SearchCorpus {
        var options = running.options(EncodeOptions())
        if let task { options = model.options(options, for: task) }
        let inputs = texts.map { TokenizerInput($0) }
        guard usesCache, path != "-", let name = self.model else {
            return SearchCorpus(try model.encoded(inputs, options, isQuiet: quiet))
        }
        let cache = CorpusCache(
            beside: path, texts, name, model.pipeline,
            settings: [
                "revision": .string(loading.hub.revision ?? ""),
                "compute": .string(running.computing.compute.rawValue),
                "max_length": running.length.maxLength.map { .int($0) } ?? .null,
                "task": .string(task?.rawValue ?? ""),
            ])
        if let found = cache.load() { return found }
        let embeddings = try model.encoded(inputs, options, isQuiet: quiet)
        cache.save(embeddings, isQuiet: quiet)
        return SearchCorpus(embeddings)
    }
}
