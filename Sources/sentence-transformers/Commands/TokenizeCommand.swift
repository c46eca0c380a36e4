// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// Texts and pairs to token ids.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Write the token ids of texts and pairs, as the model would see them.",
        usage: "sentence-transformers tokenize --model <folder-or-name> [--input <file>] [--output <file>]",
        discussion: """
            Each line is {"ids":[…],"type_ids":[…]}, with special tokens, cut at the model's limit. The model's weights \
            are not read and may be missing.

            Example:
              sentence-transformers tokenize --model M --input a.txt
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Option(help: ArgumentHelp("\(InputFile.help)", valueName: "file"))
    var input: String?

    @Option(
        help: ArgumentHelp("The .jsonl file to write, instead of standard output.", valueName: "file"),
        transform: OutputTarget.parse)
    var output: OutputTarget = .standardOutput

    func validate() throws {
        switch output {
        case .standardOutput, .jsonLines: return
        case .numpy, .safetensors: throw ValidationError("token ids are written as .jsonl only")
        }
    }

    func run() throws {
        try output.checkFolder()
        let inputs = try InputFile(input).read()
        let model = try common.loadTokenizer()
        let maximumLength = common.maximumLength(model.maximumSequenceLength)
        let tokens = try model.tokenize(inputs, maximumLength: maximumLength)
        try output.writeLines { writer in
            for index in 0..<tokens.count {
                let range = tokens.tokenRange(at: index)
                writer.append("{\"ids\":")
                writer.append(tokens.ids[range])
                writer.append(",\"type_ids\":")
                writer.append(tokens.typeIDs[range])
                writer.append("}")
                try writer.endLine()
            }
        }
        if !common.quiet { Console.warnOfCuts(tokens) }
    }
}
