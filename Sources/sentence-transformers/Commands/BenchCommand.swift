// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceFiles
import SentenceTransformers

/// Measures how fast a model is on this machine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure loading, throughput, latency and memory of a model.",
        usage: "sentence-transformers bench --model <folder-or-name> --input <file> [--json]",
        discussion: """
            Throughput is the best of several turns over all texts, including tokenization; latency is that of the \
            first text alone.

            Example:
              sentence-transformers bench --model M --input a.txt
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Option(help: ArgumentHelp("The texts: as encode reads them.", valueName: "file"))
    var input: String

    @OptionGroup
    var rows: RowOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let inputs = try rows.source([input]).all(rows.reading(.either), isQuiet: common.quiet).map(\.input)
        guard let first = inputs.first else { throw Failure("\(input) holds no texts; bench needs at least one") }
        let start = ContinuousClock.now
        let model = try common.load(SentenceTransformer.self)
        let loaded = ContinuousClock.now
        let options = common.options(EncodeOptions())
        _ = try model.encode([first], options: options)
        let encoded = ContinuousClock.now

        let benchmark = Benchmark(model: model, options: options)
        let tokens = try model.encodeWithReceipts(inputs, options: options).receipts.reduce(0) { $0 + $1.usedCount }
        let result = BenchResult(
            loadTime: (loaded - start).inSeconds,
            firstEmbeddingTime: (encoded - start).inSeconds,
            texts: inputs.count,
            tokens: tokens,
            encodeTime: try benchmark.bestEncodeTime(inputs),
            tokenizeTime: try benchmark.bestTokenizeTime(inputs),
            latencies: try benchmark.latencies(first),
            peakMemory: ProcessMemory.peak,
            threads: benchmark.threads,
            kernels: model.kernelName,
            compute: model.computePrecision.rawValue)
        let text = try json ? result.description.serialized() + "\n" : result.table.text
        try OutputTarget.print { $0.append(text) }
    }
}
