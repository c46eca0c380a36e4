// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceDefaultModel
import SentenceTransformers

/// The model of a name on the command line.
enum NamedModel {
    /// The name of the model that is part of the program.
    static let builtIn = "default"

    /// The tokenizer of that model.
    static func builtInTokenizer() throws -> ModelTokenizer {
        try SentenceTransformer.default.pipeline.tokenisation()
    }

    /// Loads a model by name or folder, or takes the one that is part of the program.
    ///
    /// - Parameters:
    ///   - name: `default`, a folder, or a name on the Hub.
    ///   - kind: The kind to load it as; the kind that its files state if nil.
    ///   - compute: The precision of matrix products, of which the model in the program has none.
    ///   - mapsWeights: Whether files are mapped.
    ///   - hub: Where it is looked for.
    ///   - quiet: Whether progress and warnings are not printed.
    /// - Returns: The model, whose warnings have been printed.
    /// - Throws: What loading throws; ``Failure`` if the model in the program is of another kind.
    static func pipeline(
        _ name: String, _ kind: ModelKind?, _ compute: ComputePrecision, mapsWeights: Bool = true, _ hub: HubOptions,
        quiet: Bool
    ) throws -> ModelPipeline {
        if name == builtIn {
            guard kind ?? .sentenceTransformer == .sentenceTransformer else {
                throw Failure("--model \(builtIn) is an embedding model; name another one, or leave out --kind")
            }
            return SentenceTransformer.default.pipeline
        }
        let loaded = try DownloadProgressBar(isQuiet: quiet).show { progress in
            try ModelPipeline(
                name, kind, hub.request(quiet: quiet, progress: progress), hub.cacheDirectory, compute,
                mapsWeights: mapsWeights)
        }
        if !quiet { for warning in loaded.warnings { Console.warn(warning) } }
        return loaded
    }
}
