// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceTransformers

/// Rows in, results out, window by window in the order of the input.
final class StreamJob {
    private let input: InputStream
    private let files: OutputFiles
    private let writer: any ResultWriter
    private let ids: FieldLinesFile?
    private let isQuiet: Bool
    private let progress: TextProgress

    private var rows = 0
    private var hash = InputHash()
    private var cuts = CutCount()
    private var notFinite = NotFiniteCount()

    /// - Parameters:
    ///   - input: The rows.
    ///   - files: The output.
    ///   - writer: What writes the results to it.
    ///   - ids: The file for the rows' fields, if the output cannot contain them.
    ///   - isQuiet: Whether progress and warnings are not printed.
    ///   - isBesideResults: Whether results go to standard output meanwhile.
    init(
        _ input: InputStream, _ files: OutputFiles, _ writer: any ResultWriter, ids: FieldLinesFile?, isQuiet: Bool,
        isBesideResults: Bool
    ) {
        self.input = input
        self.files = files
        self.writer = writer
        self.ids = ids
        self.isQuiet = isQuiet
        progress = TextProgress(
            isQuiet: isQuiet, isBesideResults: isBesideResults,
            total: input.byteCount.map { .bytes($0, input.meter) } ?? .unknown)
    }

    /// Computes all rows.
    ///
    /// - Parameters:
    ///   - subject: The name of a row's result in messages.
    ///   - convert: Turns results into what is written; may throw if they are not finite.
    ///   - compute: Computes the results of texts, and how much of each text was used.
    /// - Throws: What reading, computing or writing throws; a `Failure` if an interrupted job cannot be resumed.
    func run(
        _ subject: String = "embedding",
        convert: (WindowResult, _ firstRow: Int) throws -> WindowResult = { result, _ in result },
        compute: (
            _ inputs: [TokenizerInput], _ progress: @escaping @Sendable (EncodeProgress) -> Void
        ) throws -> (WindowResult, [TruncationReceipt])
    ) throws {
        defer { Console.clearLine() }
        // Tells the writer the width of rows, which an output needs even if it has no rows.
        try writer.write(convert(compute([]) { _ in }.0, 0), fields: [])
        while let window = try input.queue.next() {
            let window = try window[skipFinished(window)...]
            guard !window.isEmpty else { continue }
            let (result, receipts) = try withInputs(from: rows) {
                try compute(window.map(\.input)) { [progress, rows] in progress.update(rows + $0.completed) }
            }
            cuts.add(receipts)
            notFinite.add(result, after: rows)
            let fields = window.map(\.fields)
            try writer.write(convert(result, rows), fields: ids == nil ? fields : fields.map { _ in nil })
            try ids?.write(fields)
            rows += window.count
            if files.isResumable {
                for row in window { hash.add(row) }
                try files.commit(rows: rows, inputHash: hash.value)
            }
        }
        guard rows >= files.finishedRows else { throw otherInput }
        try writer.finish()
        try ids?.finish()
        files.close()
        progress.finish(rows)
        guard !isQuiet else { return }
        cuts.warn()
        notFinite.warn(subject)
    }

    /// How many rows of a window an earlier run has finished.
    private func skipFinished(_ window: [InputRow]) throws -> Int {
        let count = min(max(files.finishedRows - rows, 0), window.count)
        for row in window.prefix(count) { hash.add(row) }
        rows += count
        if count > 0, rows == files.finishedRows, hash.value != files.finishedHash { throw otherInput }
        return count
    }

    private var otherInput: Failure {
        Failure(
            "cannot resume: the input is not that of the broken job, of which \(files.finishedRows) rows are finished; "
                + "pass the same input, or remove \(files.recordPath ?? "the record") to start over")
    }
}

/// Counts the texts that were longer than the model's limit.
struct CutCount {
    private var count = 0
    private var cut = 0
    private var length = 0

    mutating func add(_ receipts: [TruncationReceipt]) {
        count += receipts.count
        for receipt in receipts where receipt.isTruncated {
            cut += 1
            length = max(length, receipt.usedCount)
        }
    }

    /// Warns how many texts were cut, if any were.
    func warn() {
        if cut > 0 { Console.warn("\(cut) of \(count) texts were cut to \(length) tokens") }
    }
}

/// Counts the results that contain NaN or infinite numbers.
struct NotFiniteCount {
    private var count = 0
    private var first: Int?

    mutating func add(_ result: WindowResult, after rows: Int) {
        let found = result.notFinite
        count += found.count
        if first == nil { first = found.first.map { rows + $0 } }
    }

    /// Warns how many there are and which is the first, if there are any.
    ///
    /// - Parameters:
    ///   - subject: What one of them is called.
    ///   - plural: What many are called; nil for the subject with an "s".
    func warn(_ subject: String, plural: String? = nil) {
        guard let first else { return }
        let verb = count == 1 ? "1 \(subject) holds" : "\(count) \(plural ?? "\(subject)s") hold"
        Console.warn(
            "\(verb) NaN or infinite numbers, \(count == 1 ? "" : "the first of them ")that of text \(first) (counted from 0); "
                + "the model's weights or its arithmetic may be broken, try --compute float32")
    }
}
