// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors
public import SentenceTokenizers

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension BaseModel {
    /// Saves the model to a folder from which both this library and the Python library can load it.
    ///
    /// Every file is written completely or not at all; the folder is created if it is missing.
    /// - Throws: `CheckpointError` with code `unwritable`, or `TokenizerError`.
    public func save(to directory: URL) throws { try pipeline.save(Self.kind, to: directory) }

    /// The folder that the model was loaded from.
    public var directory: URL { pipeline.directory }
    /// The precision of the model's matrix products.
    public var computePrecision: ComputePrecision { pipeline.computePrecision }
    /// The prompts, by name; encoders always have "query" and "document".
    ///
    /// Swift strings that are canonically equivalent are one key of a dictionary, so of such names only one is listed
    /// here. Selecting a prompt by name compares bytes.
    public var prompts: [String: String] {
        Dictionary(pipeline.settings.prompts.sorted { $0.key < $1.key }.map { ($0.key.string, $0.value) }) { $1 }
    }
    /// The name of the prompt that is used if none is given.
    public var defaultPromptName: String? { pipeline.settings.defaultPromptName }
    /// The tokenizer (that of queries, if documents have another one); nil if the model reads whole words.
    public var tokenizer: Tokenizer? { inputs.compactMap(\.tokenizer).first }
    /// The maximum number of tokens of a text, special tokens included; longer texts are truncated.
    ///
    /// Nil if there is no limit.
    public var maximumSequenceLength: Int? {
        inputs.contains { $0.maximumSequenceLength == nil } ? nil : inputs.compactMap(\.maximumSequenceLength).max()
    }
    /// Warnings about the model's files, one line each, none of which prevented loading.
    public var warnings: [String] { pipeline.warnings }
    /// The total number of elements of all parameters.
    public var parameterCount: Int { pipeline.modules.reduce(0) { $0 + $1.parameterCount } }
    /// The name of the kernels in use, such as "amx", "avx512", "avx2", "neon" or "portable".
    public var kernelName: String { pipeline.kernels.name }

    /// Tokenises texts as the model does, without a prompt.
    package func tokenize(
        _ inputs: [TokenizerInput], maximumLength: Int?, task: EncodingTask? = nil
    ) throws -> TokenBatch {
        try pipeline.route(for: task).input.tokenize(inputs, maximumLength: maximumLength, task: task)
    }

    /// The first module of each route.
    private var inputs: [any InputModule] { (try? pipeline.routes.map(\.input)) ?? [] }

    /// A summary of the model in a few lines: its kind, sizes, modules in order, and folder.
    public var description: String {
        let length = maximumSequenceLength.map { "texts of at most \($0) tokens" } ?? "texts of any length"
        let modules = pipeline.modules.enumerated().map { "  (\($0)) \(type(of: $1).className): \($1.summary)\n" }
        return "\(Self.kind.rawValue): \(resultDescription), \(length), \(parameterCount) parameters, "
            + "\(computePrecision.rawValue) on \(kernelName)\n" + modules.joined() + "  from \(directory.path)"
    }
}
