// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
package import SentenceHub
package import SentenceTokenizers

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The tokenisation of a model, loaded without the model's weights.
package struct ModelTokenizer: Sendable {
    private let reader: any SubwordReader

    /// The tokenizer, configured as the model uses it.
    package var tokenizer: Tokenizer { reader.subwordTokenizer }
    /// The maximum number of tokens of a text, special tokens included; nil if there is no limit.
    package var maximumSequenceLength: Int? { reader.maximumSequenceLength }

    /// The tokenisation by a reader.
    init(_ reader: any SubwordReader) { self.reader = reader }

    /// Finds a model by name or folder as `SentenceTransformer` does, and reads its tokenizer.
    ///
    /// - Parameters:
    ///   - nameOrPath: The name of a model on the Hub, or its folder.
    ///   - request: Revision, token and the like.
    ///   - cacheDirectory: The cache to use; the one given by `HF_HUB_CACHE` and `HF_HOME` if nil.
    /// - Throws: As `SentenceTransformer`.
    package init(named nameOrPath: String, request: ModelRequest, cacheDirectory: URL? = nil) throws {
        var request = request
        request.needsWeights = false
        let directory = try ModelLocation.resolve(
            nameOrPath, prefix: "sentence-transformers/", request: request, cacheDirectory: cacheDirectory)
        let (folder, type) = try Self.input(of: directory)
        guard type is any SubwordInput.Type else {
            throw SentenceTransformersError(
                .unsupportedModel,
                "the model in \(directory.path) begins with \(type.className), which reads whole words and has no token ids"
            )
        }
        reader = try Self.reader(folder, of: directory, isStatic: type == StaticEmbedding.self)
    }

    /// Loads the reader of texts from the folder of a module; `config.json` may be missing.
    private static func reader(
        _ folder: ModuleFolder, of directory: URL, isStatic: Bool
    ) throws -> any SubwordReader {
        if isStatic { return try StaticReader(folder: folder) }
        let kind = try ModelKind(ofModelIn: directory)
        let settings = try ModelSettings(directory: directory, opensAs: kind)
        let colBERT = kind == .multiVectorEncoder ? try ColBERTSettings(directory, settings) : nil
        let isPlain = !ModuleFolder(directory).contains(ModulesFile.name) && colBERT == nil
        let text = try TransformerText(
            folder: folder, isPlain: isPlain, defaults: colBERT?.defaults ?? .init(), needsConfig: false)
        let spec =
            try folder.base.contains("config.json") ? EncoderArchitecture(config: text.config).spec(text.config) : nil
        return try TransformerReader(text, spec, isPlain: isPlain)
    }

    /// Tokenises texts as the model does, truncating each to `maximumLength` tokens.
    package func tokenize(_ inputs: [TokenizerInput], maximumLength: Int?) throws -> TokenBatch {
        try reader.tokenize(inputs, prompt: "", maximumLength: maximumLength, task: nil)
    }

    /// The folder and the type of the model's first module.
    private static func input(of directory: URL) throws -> (ModuleFolder, any Module.Type) {
        let model = ModuleFolder(directory)
        guard model.contains(ModulesFile.name) else { return (model, Transformer.self) }
        let entries = try ModelConfig.list(url: directory.appending(path: ModulesFile.name))
        guard let first = entries.first else {
            throw SentenceTransformersError(.unsupportedModel, "the model in \(directory.path) has no modules")
        }
        let type = try ModuleRegistry.type(named: first.string("type"))
        if type is Router.Type {
            return try Router.input(of: model.subfolder(first.string("path")))
        }
        guard type is any InputModule.Type else {
            throw SentenceTransformersError(
                .unsupportedModel, "the model in \(directory.path) does not begin with a module that reads texts")
        }
        return (try model.subfolder(first.string("path")), type)
    }
}
