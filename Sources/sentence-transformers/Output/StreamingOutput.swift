// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceFiles
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The size of a window: enough rows to keep all threads busy, but few enough for their results to be small.
struct WindowLimits {
    let rows: Int
    let bytes: Int

    /// For one vector per row.
    static let ofRows = WindowLimits(rows: 4096, bytes: 4 << 20)
    /// For one sparse vector per row.
    static let ofSparseRows = WindowLimits(rows: 1024, bytes: 1 << 20)
    /// For one vector per token.
    static let ofTokens = WindowLimits(rows: 256, bytes: 1 << 16)
}

/// How the verbs that stream write their results.
struct StreamingOutput {
    let target: OutputTarget
    let files: OutputFiles
    let fields: FieldOptions
    let isQuiet: Bool

    static let resumeHelp = """
        Continue the interrupted job of the same command and input; if there is none, start one that can be continued.
        """

    /// The writer for rows that all have the same width.
    static func matrixWriter(_ target: OutputTarget, _ files: OutputFiles, _ name: String) -> any ResultWriter {
        switch target {
        case .standardOutput, .jsonLines: LineResults(files)
        case .numpy, .scipy: MatrixResults(files, .numpy)
        case .safetensors: MatrixResults(files, .safetensors(name: name))
        }
    }

    /// What must be the same when a job of any verb is resumed.
    func conditions(_ model: some BaseModel, _ common: CommonOptions) -> [ExactString: String] {
        [
            "the version": libraryVersion, "the model": model.directory.path,
            "the content of the model": ModelFingerprint.of(model.directory), "the kernels": model.kernelName,
            "--compute": common.running.computing.compute.rawValue,
            "--max-length": common.running.length.maxLength.map(String.init) ?? "", "--id-field": fields.idField ?? "",
            "--keep": fields.keep.joined(separator: ", "),
        ]
    }

    /// Runs rows through a model into the output.
    func run(
        _ source: RowSource, _ reading: RowReading, _ writer: any ResultWriter, _ limits: WindowLimits,
        subject: String = "embedding",
        convert: (WindowResult, _ firstRow: Int) throws -> WindowResult = { result, _ in result },
        compute: (
            _ inputs: [TokenizerInput], _ progress: @escaping @Sendable (EncodeProgress) -> Void
        ) throws -> (WindowResult, [TruncationReceipt])
    ) throws {
        let ids = fields.isGiven && !target.isLines ? FieldLinesFile(files) : nil
        let input = try InputStream(
            source, reading.keeping(fields), maximumRows: limits.rows, maximumBytes: limits.bytes, isQuiet: isQuiet)
        try StreamJob(
            input, files, writer, ids: ids, isQuiet: isQuiet, isBesideResults: target == .standardOutput
        )
        .run(subject, convert: convert, compute: compute)
    }
}
