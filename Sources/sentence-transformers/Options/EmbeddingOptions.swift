// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceFiles
import SentenceTransformers

/// Options for how embeddings are computed and stored.
struct EmbeddingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("A text to put before every text.", valueName: "text"))
    var prompt: String?

    @Option(help: ArgumentHelp("The name of the model's prompt to put before every text.", valueName: "name"))
    var promptName: String?

    @Option(help: "What the texts are in a search; the model's route and prompt for it are used.")
    var task: EncodingTask?

    @Option(
        help: ArgumentHelp("Leading dimensions to keep. (default: the model's setting)", valueName: "n"),
        transform: PositiveNumber.parse)
    var truncateDim: Int?

    @Flag(help: "Normalize embeddings to unit length, after any truncation.")
    var normalize = false

    @OptionGroup
    var ranges: PrecisionOptions

    @Flag(
        help: """
            Write the vectors of all tokens before pooling: arrays of arrays, or tensors named by the texts' indices.
            """)
    var tokenEmbeddings = false

    @Option(
        help: ArgumentHelp(
            "How many of a sparse embedding's largest dimensions to keep. (default: the model's setting)",
            valueName: "n"),
        transform: PositiveNumber.parse)
    var maxActiveDims: Int?

    @Flag(help: "Write sparse embeddings with all their zeros, which .npy needs.")
    var dense = false

    @Flag(help: "Write the tokens of sparse embeddings with their weights, largest first.")
    var decode = false

    @Option(
        help: ArgumentHelp("With --decode, how many tokens to write.", valueName: "n"), transform: PositiveNumber.parse)
    var topK: Int?

    /// The precision of the stored numbers.
    var precision: EmbeddingPrecision { ranges.precision }

    /// Refuses options that exclude each other.
    func check(_ output: OutputTarget) throws {
        if topK != nil, !decode { throw ValidationError("--top-k needs --decode") }
        if decode, !output.isLines { throw ValidationError("--decode writes words; write them as .jsonl") }
        if decode, dense { throw ValidationError("--decode writes words, and --dense numbers") }
        if dense, case .scipy = output { throw ValidationError(".npz holds compressed rows; --dense needs .npy") }
        guard tokenEmbeddings else { return }
        switch output {
        case .numpy, .scipy:
            throw ValidationError("--token-embeddings have no common shape; write them as .jsonl or .safetensors")
        case .standardOutput, .jsonLines, .safetensors: break
        }
        guard precision == .float32, truncateDim == nil, !normalize else {
            throw ValidationError("--token-embeddings takes neither --precision, --truncate-dim nor --normalize")
        }
    }

    /// Adds the prompt and the task to the options of `encode`.
    func options<Model: TextEncoder>(_ options: Model.Options, for model: Model) -> Model.Options {
        var options = options
        options.prompt = prompt
        options.promptName = promptName
        if let task { options = model.options(options, for: task) }
        return options
    }

    /// The options that must be the same when an interrupted job is resumed.
    var conditions: [ExactString: String] {
        [
            "--prompt": prompt ?? "", "--prompt-name": promptName ?? "", "--task": task?.rawValue ?? "",
            "--truncate-dim": truncateDim.map(String.init) ?? "", "--normalize": "\(normalize)",
            "--precision": precision.rawValue, "--token-embeddings": "\(tokenEmbeddings)",
            "--max-active-dims": maxActiveDims.map(String.init) ?? "", "--dense": "\(dense)", "--decode": "\(decode)",
            "--top-k": topK.map(String.init) ?? "",
        ]
    }
}
