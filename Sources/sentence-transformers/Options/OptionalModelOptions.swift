// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// Options of verbs that need a model only for texts, since they also take embeddings.
struct OptionalModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of a model, or its name on the Hub; not needed for embeddings.", valueName: "folder-or-name"))
    var model: String?

    @OptionGroup
    var loading: LoadingOptions

    @OptionGroup
    var running: RunOptions

    /// Whether progress and warnings are not printed.
    var quiet: Bool { loading.quiet }
    /// Threads to use; all that the process may use if nil.
    var threads: Int? { running.computing.threads }

    /// Loads the model as the given kind, or else as the kind that its files state; nil if none is named.
    func pipeline(_ option: KindOption) throws -> ModelPipeline? {
        try model.map { try loading.pipeline($0, option.kind?.kind, running.computing.compute) }
    }

    /// Loads the model for texts in a file.
    ///
    /// - Throws: A ``Failure`` if no model is named.
    func pipeline(_ option: KindOption, for path: String) throws -> ModelPipeline {
        guard let pipeline = try pipeline(option) else {
            throw Failure("\(path) holds texts, which need a model; name one with --model, or give embeddings (.npy)")
        }
        return pipeline
    }
}

/// Tells files of embeddings from those of texts.
enum EmbeddingFile {
    /// Whether a path names embeddings: by its ending, .npy, .npz or .safetensors.
    static func isNamed(_ path: String) -> Bool {
        [".npy", ".npz", ".safetensors"].contains { path.hasExactSuffix($0) }
    }
}
