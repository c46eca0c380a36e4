// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// What `bench` has measured; times in seconds.
struct BenchResult {
    let loadTime: Double
    /// From the start of loading to the first embedding.
    let firstEmbeddingTime: Double
    let texts: Int
    let tokens: Int
    /// To encode all texts, including tokenization.
    let encodeTime: Double
    /// To tokenize all texts on one thread.
    let tokenizeTime: Double
    /// To encode the first text alone; one time per turn, shortest first.
    let latencies: [Double]
    /// In bytes.
    let peakMemory: Int
    let threads: Int
    let kernels: String
    let compute: String

    /// A percentile of the latencies; `part` is a fraction, so 0.5 gives the median.
    private func latency(_ part: Double) -> Double {
        latencies[min(latencies.count - 1, Int(Double(latencies.count) * part))]
    }

    /// The result as JSON.
    var description: JSONValue {
        [
            "load_seconds": .double(loadTime),
            "first_embedding_seconds": .double(firstEmbeddingTime),
            "texts": .int(texts),
            "tokens": .int(tokens),
            "texts_per_second": .double(Double(texts) / encodeTime),
            "tokens_per_second": .double(Double(tokens) / encodeTime),
            "tokenization_tokens_per_second": .double(Double(tokens) / tokenizeTime),
            "latency_p50_seconds": .double(latency(0.5)),
            "latency_p95_seconds": .double(latency(0.95)),
            "peak_memory_bytes": .int(peakMemory),
            "threads": .int(threads),
            "kernels": .string(kernels),
            "compute": .string(compute),
        ]
    }

    /// The result as a table for people.
    var table: Table {
        var table = Table()
        table.add("load", Self.milliseconds(loadTime))
        table.add("first embedding", "\(Self.milliseconds(firstEmbeddingTime)), including loading")
        table.add("input", "\(texts.grouped) texts, \(tokens.grouped) tokens")
        table.add(
            "throughput",
            "\(Self.rate(texts, encodeTime)) texts/s, \(Self.rate(tokens, encodeTime)) tokens/s")
        table.add("tokenization", "\(Self.rate(tokens, tokenizeTime)) tokens/s on one thread")
        table.add(
            "latency", "p50 \(Self.milliseconds(latency(0.5))), p95 \(Self.milliseconds(latency(0.95))), one text")
        table.add("peak memory", "\(peakMemory >> 20) MiB")
        table.add("runs on", "\(threads) threads, \(kernels) kernels, \(compute)")
        return table
    }

    private static func milliseconds(_ seconds: Double) -> String {
        "\((seconds * 1e5).rounded() / 100) ms"
    }

    private static func rate(_ count: Int, _ seconds: Double) -> String {
        let rate = Double(count) / seconds
        return rate < 100 ? "\((rate * 10).rounded() / 10)" : Int(rate).grouped
    }
}
