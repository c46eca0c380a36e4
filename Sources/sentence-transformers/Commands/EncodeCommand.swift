// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
package import SentenceTransformers

extension EmbeddingPrecision: ExpressibleByArgument {}
extension EncodingTask: ExpressibleByArgument {}

/// Writes the embeddings of texts.
struct EncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Write the embeddings of texts.",
        usage: "sentence-transformers encode --model <folder-or-name> [<texts> ...] [<options>]",
        discussion: """
            Results come in the order of the input, while it still arrives. Put texts that begin with "-" after "--".

            Examples:
              sentence-transformers encode --model M --input a.txt --output a.npy
              sentence-transformers encode --model M --input a.csv --id-field id
              echo "It is sunny." | sentence-transformers encode --model M
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Argument(help: "The texts, if not from --input.")
    var texts: [String] = []

    @OptionGroup
    var input: InputOptions

    @OptionGroup
    var fields: FieldOptions

    @Option(
        help: ArgumentHelp(
            """
            The file to write; its extension sets the format: .npy, .jsonl (one array per line), .safetensors (tensor \
            "embeddings") or, for sparse models, .npz (SciPy). Without it, JSON lines go to standard output.
            """, valueName: "file"), transform: OutputTarget.parse)
    var output: OutputTarget = .standardOutput

    @Flag(help: ArgumentHelp(StreamingOutput.resumeHelp))
    var resume = false

    @OptionGroup
    var kindOption: KindOption

    @OptionGroup
    var embedding: EmbeddingOptions

    func validate() throws {
        guard texts.isEmpty || input.input.isEmpty else {
            throw ValidationError("texts come from --input or stand here")
        }
        if !texts.isEmpty, fields.isGiven {
            throw ValidationError("--id-field and --keep name fields of --input; texts that stand here have none")
        }
        if resume, output == .standardOutput { throw ValidationError("--resume needs --output") }
        try embedding.check(output)
    }

    func run() throws {
        try input.source.check()
        let ranges = try embedding.ranges.load(isNormalized: embedding.normalize)
        let files = try OutputFiles(output, hasFields: fields.isGiven, isResumable: resume)
        defer { files.abandon() }
        let pipeline = try common.loadPipeline(kindOption)
        let run = EncodeRun(command: self, files: files, ranges: ranges)
        switch pipeline.kind {
        case .sentenceTransformer: try run.dense(SentenceTransformer(pipeline: pipeline))
        case .sparseEncoder: try run.sparse(SparseEncoder(pipeline: pipeline))
        case .multiVectorEncoder: try run.vectors(MultiVectorEncoder(pipeline: pipeline))
        case .crossEncoder: throw Failure.scoresPairs
        }
    }
}
