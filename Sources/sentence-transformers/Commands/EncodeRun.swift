// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// One run of `encode` with a loaded model of any kind.
struct EncodeRun {
    let command: EncodeCommand
    let files: OutputFiles
    /// The ranges of int8 and uint8; if nil, those of the texts are used.
    let ranges: QuantizationRanges?

    private var output: OutputTarget { command.output }
    private var options: EmbeddingOptions { command.embedding }

    func dense(_ model: SentenceTransformer) throws {
        try refuse(options.decode, "--decode", model)
        try refuse(options.dense, "--dense", model)
        try refuse(options.maxActiveDims != nil, "--max-active-dims", model)
        let encoding = EncodeOptions(
            normalizeEmbeddings: options.normalize, truncateDimension: options.truncateDim)
        if case .scipy = output {
            throw Failure(".npz holds sparse embeddings, but the model gives dense ones; write .npy")
        }
        guard !options.tokenEmbeddings else {
            return try stream(model, encoding, tokenWriter, .ofTokens) { inputs, options in
                let (vectors, receipts) = try model.encodeTokensWithReceipts(inputs, options: options)
                return (.tokens(vectors), receipts)
            }
        }
        var writer: any ResultWriter = matrixWriter
        let calibrates = options.ranges.hasRanges && ranges == nil
        if calibrates {
            writer = CalibratedResults(
                files, options.precision, holdsFields: command.fields.isGiven && output.isLines, into: writer
            ) {
                try options.ranges.save($0, isNormalized: options.normalize, isQuiet: command.common.quiet)
            }
        }
        try stream(
            model, encoding, writer, .ofRows,
            convert: { result, row in
                guard options.precision != .float32, case .embeddings(let matrix) = result else { return result }
                if let index = matrix.rowsNotFinite.first {
                    throw Failure(
                        "the embedding of text \(row + index) (counted from 0) holds NaN or infinite numbers, which "
                            + "\(options.precision.rawValue) cannot tell from others; the model's weights or its "
                            + "arithmetic may be broken, try --compute float32")
                }
                guard !calibrates else { return result }
                return .quantized(try quantizeEmbeddings(matrix, precision: options.precision, ranges: ranges))
            },
            compute: { inputs, options in
                let (embeddings, receipts) = try model.encodeWithReceipts(inputs, options: options)
                return (.embeddings(embeddings), receipts)
            })
    }

    func sparse(_ model: SparseEncoder) throws {
        try refuse(options.tokenEmbeddings, "--token-embeddings", model)
        try refuse(options.precision != .float32, "--precision", model)
        try refuse(options.normalize, "--normalize", model)
        try refuse(options.truncateDim != nil, "--truncate-dim", model)
        if case .numpy = output, !options.dense {
            throw Failure(
                "the model gives sparse embeddings; write them as .npz (SciPy) or .safetensors, or with all zeros by --dense"
            )
        }
        let writer: any ResultWriter =
            switch output {
            case .scipy: SparseResults(files, .scipy)
            case .safetensors where !options.dense: SparseResults(files, .safetensors)
            default: matrixWriter
            }
        let encoding = SparseEncodeOptions(maximumActiveDimensions: options.maxActiveDims)
        try stream(model, encoding, writer, .ofSparseRows) { inputs, encoding in
            let (embeddings, receipts) = try model.encodeWithReceipts(inputs, options: encoding)
            if options.decode { return (.words(model.decode(embeddings, topK: options.topK)), receipts) }
            return (options.dense ? .embeddings(embeddings.dense) : .sparse(embeddings), receipts)
        }
    }

    func vectors(_ model: MultiVectorEncoder) throws {
        try refuse(options.decode, "--decode", model)
        try refuse(options.dense, "--dense", model)
        try refuse(options.precision != .float32, "--precision", model)
        try refuse(options.truncateDim != nil, "--truncate-dim", model)
        try refuse(options.maxActiveDims != nil, "--max-active-dims", model)
        switch output {
        case .numpy, .scipy:
            throw Failure("the model gives each text its own number of vectors; write them as .jsonl or .safetensors")
        case .standardOutput, .jsonLines, .safetensors: break
        }
        let encoding = MultiVectorEncodeOptions(normalizeEmbeddings: options.normalize)
        try stream(model, encoding, tokenWriter, .ofTokens) { inputs, options in
            let (vectors, receipts) = try model.encodeWithReceipts(inputs, options: options)
            return (.tokens(vectors), receipts)
        }
    }

    private var matrixWriter: any ResultWriter { StreamingOutput.matrixWriter(output, files, "embeddings") }

    private var tokenWriter: any ResultWriter { output.isLines ? LineResults(files) : TokenResults(files) }

    /// Encodes the input and writes the results; `encoding` contains the settings of the model's kind.
    private func stream<Model: TextEncoder>(
        _ model: Model, _ encoding: Model.Options, _ writer: any ResultWriter, _ limits: WindowLimits,
        convert: (WindowResult, _ firstRow: Int) throws -> WindowResult = { result, _ in result },
        compute: ([TokenizerInput], Model.Options) throws -> (WindowResult, [TruncationReceipt])
    ) throws {
        let common = command.common
        let encoding = options.options(common.options(encoding), for: model)
        let output = StreamingOutput(target: self.output, files: files, fields: command.fields, isQuiet: common.quiet)
        try files.resume(
            under: output.conditions(model, common).merging(options.conditions) { $1 }
                .merging(["--ranges": ranges.map { String($0.hashValueAcrossRuns, radix: 16) } ?? ""]) { $1 })
        let source: RowSource =
            command.texts.isEmpty ? command.input.source : .texts(command.texts)
        try output.run(source, command.input.rows.reading(.either), writer, limits, convert: convert) {
            inputs, progress in
            var encoding = encoding
            encoding.progress = progress
            return try compute(inputs, encoding)
        }
    }

    /// - Throws: A ``Failure`` if an option is given that the model's kind does not have.
    private func refuse(_ isGiven: Bool, _ option: String, _ model: some BaseModel) throws {
        if isGiven { throw Failure("\(option) means nothing to a \(type(of: model).kind.rawValue)") }
    }
}

extension QuantizationRanges {
    /// A hash of the ranges that, unlike `hashValue`, is the same in every run.
    fileprivate var hashValueAcrossRuns: UInt64 {
        var hash = InputHash()
        hash.add(text: "\(minimums) \(maximums)")
        return hash.value
    }
}
