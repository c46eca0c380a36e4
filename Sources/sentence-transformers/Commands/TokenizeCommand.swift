// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// Writes the token ids of texts and pairs.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Write the token ids of texts and pairs, as the model sees them.",
        usage: "sentence-transformers tokenize --model <folder-or-name> [--input <file>] [--output <file>]",
        discussion: """
            Each line is {"ids":[…],"type_ids":[…]}, with special tokens, cut at the model's limit. The model's weights \
            are not read and may be missing.

            Example:
              sentence-transformers tokenize --model M --input a.txt
            """)

    @OptionGroup(title: "Common options")
    var source: ModelOptions

    @OptionGroup(title: "Common options")
    var length: LengthOption

    @OptionGroup
    var input: InputOptions

    @OptionGroup
    var fields: FieldOptions

    @Option(
        help: ArgumentHelp("The .jsonl file to write, instead of standard output.", valueName: "file"),
        transform: OutputTarget.parse)
    var output: OutputTarget = .standardOutput

    func validate() throws {
        switch output {
        case .standardOutput, .jsonLines: return
        case .numpy, .safetensors, .scipy: throw ValidationError("token ids are written as .jsonl only")
        }
    }

    func run() throws {
        try input.source.check()
        let files = try OutputFiles(output)
        defer { files.abandon() }
        let model = try source.loadTokenizer()
        let limit = [length.maxLength, model.maximumSequenceLength].compactMap(\.self).min()
        let streaming = StreamingOutput(target: output, files: files, fields: fields, isQuiet: source.quiet)
        try streaming.run(input.source, input.rows.reading(.either), LineResults(files), .ofRows) { inputs, _ in
            let tokens = try model.tokenize(inputs, maximumLength: limit)
            return (.ids(tokens), (0..<tokens.count).map(tokens.receipt))
        }
    }
}

extension TokenBatch {
    /// How much of a text is left after truncation.
    fileprivate func receipt(_ index: Int) -> TruncationReceipt {
        TruncationReceipt(tokenCount: Int(untruncatedCounts[index]), usedCount: tokenRange(at: index).count)
    }
}
