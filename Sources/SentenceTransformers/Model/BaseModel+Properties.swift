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
    /// Writes the model into a folder from which this library and the Python library load it again.
    ///
    /// Every file is written whole or not at all; the folder is made if it is missing.
    /// - Throws: `CheckpointError` with code `unwritable`, or `TokenizerError`.
    public func save(to directory: URL) throws { try pipeline.save(Self.kind, to: directory) }

    /// The folder that the model was loaded from.
    public var directory: URL { pipeline.directory }
    /// The arithmetic that the model was loaded for.
    public var computePrecision: ComputePrecision { pipeline.computePrecision }
    /// Texts to put before others, by name; encoders always have "query" and "document".
    ///
    /// Of names that are canonically equivalent, which are one to a dictionary of strings, any is here; all count by their
    /// bytes where a prompt is asked for by name.
    public var prompts: [String: String] {
        Dictionary(pipeline.settings.prompts.sorted { $0.key < $1.key }.map { ($0.key.string, $0.value) }) { $1 }
    }
    /// The name of the prompt that is used if none is given.
    public var defaultPromptName: String? { pipeline.settings.defaultPromptName }
    /// The tokenizer, of queries if documents have another; nil if the model reads whole words.
    public var tokenizer: Tokenizer? { inputs.compactMap(\.tokenizer).first }
    /// Tokens of a text that count, special ones included; longer texts are cut.
    ///
    /// Nil if there is no bound.
    public var maximumSequenceLength: Int? {
        inputs.contains { $0.maximumSequenceLength == nil } ? nil : inputs.compactMap(\.maximumSequenceLength).max()
    }
    /// What was read and could surprise, in one line each; nothing of it stopped the model from loading.
    public var warnings: [String] { pipeline.warnings }
    /// The number of learned numbers.
    public var parameterCount: Int { pipeline.modules.reduce(0) { $0 + $1.parameterCount } }
    /// The name of the kernels that compute, such as "amx", "avx512", "avx2", "neon" or "portable".
    public var kernelName: String { pipeline.kernels.name }

    /// Turns texts into tokens as the model does, without a prompt.
    package func tokenize(
        _ inputs: [TokenizerInput], maximumLength: Int?, task: EncodingTask? = nil
    ) throws -> TokenBatch {
        try pipeline.route(for: task).input.tokenize(inputs, maximumLength: maximumLength, task: task)
    }

    /// The modules that texts enter by.
    private var inputs: [any InputModule] { (try? pipeline.routes.map(\.input)) ?? [] }

    /// What the model is: its kind and sizes, its modules in their order, and its folder, in a few lines.
    public var description: String {
        let length = maximumSequenceLength.map { "texts of at most \($0) tokens" } ?? "texts of any length"
        let modules = pipeline.modules.enumerated().map { "  (\($0)) \(type(of: $1).className): \($1.summary)\n" }
        return "\(Self.kind.rawValue): \(resultDescription), \(length), \(parameterCount) parameters, "
            + "\(computePrecision.rawValue) on \(kernelName)\n" + modules.joined() + "  from \(directory.path)"
    }
}
