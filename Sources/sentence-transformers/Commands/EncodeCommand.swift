// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
package import SentenceTransformers

extension EmbeddingPrecision: ExpressibleByArgument {}
extension EncodingTask: ExpressibleByArgument {}

/// Texts to embeddings.
struct EncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Write the embeddings of texts.",
        usage: "sentence-transformers encode --model <folder-or-name> [<options>]",
        discussion: """
            Examples:
              sentence-transformers encode --model M --input a.txt --output a.npy
              echo "It is sunny." | sentence-transformers encode --model M
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Option(help: ArgumentHelp("\(InputFile.help)", valueName: "file"))
    var input: String?

    @Option(
        help: ArgumentHelp(
            """
            The file to write, by its ending: .npy, .jsonl (one array a line) or .safetensors (tensor "embeddings"). \
            Without it, JSON lines go to standard output.
            """, valueName: "file"), transform: OutputTarget.parse)
    var output: OutputTarget = .standardOutput

    @Option(parsing: .unconditional, help: ArgumentHelp("A text to put before every text.", valueName: "text"))
    var prompt: String?

    @Option(help: ArgumentHelp("The name of the model's prompt to put before every text.", valueName: "name"))
    var promptName: String?

    @Option(help: "Put the model's prompt for a search before every text.")
    var task: EncodingTask?

    @Option(
        help: ArgumentHelp("Leading dimensions to keep. (default: the model's setting)", valueName: "n"),
        transform: PositiveNumber.parse)
    var truncateDim: Int?

    @Flag(help: "Bring embeddings to unit length, behind any truncation.")
    var normalize = false

    @Option(help: "How the numbers are stored; int8 and uint8 take their ranges from these texts.")
    var precision: EmbeddingPrecision = .float32

    @Flag(
        help: """
            Write the vectors of all tokens before pooling: arrays of arrays, or tensors named by the texts' indices.
            """)
    var tokenEmbeddings = false

    func validate() throws {
        guard tokenEmbeddings else { return }
        if case .numpy = output {
            throw ValidationError("--token-embeddings have no common shape; write them as .jsonl or .safetensors")
        }
        guard precision == .float32, truncateDim == nil, !normalize else {
            throw ValidationError("--token-embeddings takes neither --precision, --truncate-dim nor --normalize")
        }
    }

    func run() throws {
        try output.checkFolder()
        let inputs = try InputFile(input).read()
        let model = try common.load(SentenceTransformer.self)
        let progress = ProgressBar(isQuiet: common.quiet)
        var options = common.encodeOptions
        options.prompt = prompt
        options.promptName = promptName
        options.normalizeEmbeddings = normalize
        options.truncateDimension = truncateDim
        if let task { options = model.options(options, for: task) }

        let result: EmbeddingOutput
        if tokenEmbeddings {
            let (embeddings, receipts) = try progress.show(options) {
                try model.encodeTokensWithReceipts(inputs, options: $0)
            }
            if !common.quiet { Console.warnOfCuts(receipts) }
            result = .tokens(embeddings)
        } else {
            let (embeddings, receipts) = try progress.show(options) {
                try model.encodeWithReceipts(inputs, options: $0)
            }
            if !common.quiet { Console.warnOfCuts(receipts) }
            result =
                precision == .float32
                ? .embeddings(embeddings) : .quantized(try embeddings.quantized(to: precision))
        }
        try result.write(to: output)
    }
}
