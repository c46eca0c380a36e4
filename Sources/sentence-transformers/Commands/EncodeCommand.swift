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

    @OptionGroup
    var kindOption: KindOption

    @Option(parsing: .unconditional, help: ArgumentHelp("A text to put before every text.", valueName: "text"))
    var prompt: String?

    @Option(help: ArgumentHelp("The name of the model's prompt to put before every text.", valueName: "name"))
    var promptName: String?

    @Option(help: "What the texts are in a search: the model's way and prompt for it are used.")
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

    @Option(
        help: ArgumentHelp(
            "Largest dimensions that a sparse embedding keeps. (default: the model's setting)", valueName: "n"),
        transform: PositiveNumber.parse)
    var maxActiveDims: Int?

    @Flag(help: "Write the words of sparse embeddings with their weights, heaviest first.")
    var decode = false

    @Option(help: ArgumentHelp("With --decode, how many words.", valueName: "n"), transform: PositiveNumber.parse)
    var topK: Int?

    func validate() throws {
        if topK != nil, !decode { throw ValidationError("--top-k needs --decode") }
        if decode, case .numpy = output { throw ValidationError("--decode writes words; write them as .jsonl") }
        if decode, case .safetensors = output { throw ValidationError("--decode writes words; write them as .jsonl") }
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
        let pipeline = try common.loadPipeline(kindOption)
        let result: EmbeddingOutput =
            switch pipeline.kind {
            case .sentenceTransformer: try dense(SentenceTransformer(pipeline: pipeline), inputs)
            case .sparseEncoder: try sparse(SparseEncoder(pipeline: pipeline), inputs)
            case .multiVectorEncoder: try vectors(MultiVectorEncoder(pipeline: pipeline), inputs)
            case .crossEncoder: throw Failure.scoresPairs
            }
        try result.write(to: output)
    }

    private func dense(_ model: SentenceTransformer, _ inputs: [TokenizerInput]) throws -> EmbeddingOutput {
        try refuse(decode, "--decode", model)
        guard !tokenEmbeddings else {
            return .tokens(try shown(model) { try model.encodeTokensWithReceipts(inputs, options: $0) })
        }
        let embeddings = try encoded(model, inputs)
        return precision == .float32
            ? .embeddings(embeddings) : .quantized(try embeddings.quantized(to: precision))
    }

    private func sparse(_ model: SparseEncoder, _ inputs: [TokenizerInput]) throws -> EmbeddingOutput {
        try refuse(tokenEmbeddings, "--token-embeddings", model)
        try refuse(precision != .float32, "--precision", model)
        let embeddings = try encoded(model, inputs)
        return decode ? .words(model.decode(embeddings, topK: topK)) : .sparse(embeddings)
    }

    private func vectors(_ model: MultiVectorEncoder, _ inputs: [TokenizerInput]) throws -> EmbeddingOutput {
        try refuse(decode, "--decode", model)
        try refuse(precision != .float32, "--precision", model)
        if case .numpy = output {
            throw Failure("the model gives each text its own number of vectors; write them as .jsonl or .safetensors")
        }
        return .tokens(try encoded(model, inputs))
    }

    private func encoded<Model: TextEncoder>(
        _ model: Model, _ inputs: [TokenizerInput]
    ) throws -> Model.Embeddings {
        try shown(model) { try model.encodeWithReceipts(inputs, options: $0) }
    }

    /// Encodes behind a progress bar, and tells of texts that were cut.
    private func shown<Embeddings>(
        _ model: some TextEncoder,
        _ encode: (EncodeOptions) throws -> (embeddings: Embeddings, receipts: [TruncationReceipt])
    ) throws -> Embeddings {
        var options = common.encodeOptions
        options.prompt = prompt
        options.promptName = promptName
        options.normalizeEmbeddings = normalize
        options.truncateDimension = truncateDim
        options.maximumActiveDimensions = maxActiveDims
        if let task { options = model.options(options, for: task) }
        let (embeddings, receipts) = try ProgressBar(isQuiet: common.quiet).show(options, during: encode)
        if !common.quiet { Console.warnOfCuts(receipts) }
        return embeddings
    }

    /// - Throws: ``Failure`` if an option is there that the model's kind does not have.
    private func refuse(_ isThere: Bool, _ option: String, _ model: some BaseModel) throws {
        if isThere { throw Failure("\(option) means nothing to a \(type(of: model).kind.rawValue)") }
    }
}
