// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A program of the comparison (Benchmarks/comparison): trains a model on pairs with AdamW and a loss of
// its kind, so many steps for every line on standard input, and prints how many seconds they took.
//
//     TrainWorker MODEL PAIRS.json THREADS COMPUTE BATCH

import CPeak
import Foundation
import SentenceTensors
import SentenceTokenizers
import SentenceTraining
import SentenceTransformers

/// Prints one line to standard error, and exits.
func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(64)
}

/// Prints one line of the answer, and flushes it.
func answer(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

let words = CommandLine.arguments
guard words.count == 6, let threads = Int(words[3]), let batchSize = Int(words[5]),
    let precision = ComputePrecision(rawValue: words[4])
else { fail("usage: TrainWorker MODEL PAIRS.json THREADS COMPUTE BATCH") }

let file = URL(filePath: words[2])
let pairs = try JSONDecoder().decode([[String]].self, from: Data(contentsOf: file))
do {
    let pipeline = try ModelPipeline(
        directory: URL(filePath: words[1]), kind: nil, computePrecision: precision)
    switch pipeline.kind {
    case .sentenceTransformer: try serve(SentenceTransformer(pipeline: pipeline), .multipleNegativesRanking())
    case .sparseEncoder: try serve(SparseEncoder(pipeline: pipeline), .splade())
    case .multiVectorEncoder:
        try serve(MultiVectorEncoder(pipeline: pipeline), .multiVectorMultipleNegativesRanking())
    case .crossEncoder: try serve(CrossEncoder(pipeline: pipeline), .binaryCrossEntropy())
    }
} catch {
    fail("\(error)")
}

/// The inputs and labels of some pairs: a cross-encoder reads both texts together, and every second pair is a match.
func batch(of rows: [Int], _ kind: ModelKind) -> TrainingBatch {
    guard kind == .crossEncoder else {
        return TrainingBatch(
            columns: (0..<2).map { column in rows.map { TokenizerInput(pairs[$0][column]) } }, rows: rows)
    }
    let labels = Tensor(rows.map { Float($0 % 2) }, shape: [rows.count])
    return TrainingBatch(
        columns: [rows.map { TokenizerInput(pairs[$0][0], pair: pairs[$0][1]) }], labels: labels, rows: rows)
}

/// Takes steps as the lines on standard input ask for them.
func serve<Model: BaseModel>(_ model: Model, _ loss: TrainingLoss) throws {
    var arguments = TrainingArguments(batchSize: batchSize, learningRate: 2e-5)
    arguments.schedule = .constant
    arguments.compute = precision
    arguments.threads = threads
    var session = try TrainingSession(model, losses: [loss], arguments: arguments, totalSteps: 1000)
    answer("ready")
    var next = 0, tokens = 0, costs = StepCosts()
    while let line = readLine() {
        if line == "costs" {
            let parts = [
                "forward": costs.forward, "loss": costs.loss, "backward": costs.backward, "optimizer": costs.optimizer,
                "layers": costs.layers, "tokens": Double(tokens), "peak": coreCount(threads) * peakOfCore(),
            ]
            answer(String(decoding: try JSONEncoder().encode(parts), as: UTF8.self))
            continue
        }
        let start = ContinuousClock.now
        for _ in 0..<(Int(line) ?? 1) {
            let rows = (0..<batchSize).map { (next + $0) % pairs.count }
            next += batchSize
            let batch = batch(of: rows, Model.kind)
            let prepared = try PreparedBatch(
                batch, readings: batch.columns.map { _ in ColumnReading() }, for: session.model.pipeline)
            let record = try session.step([(0, prepared)])
            tokens += record.tokens
            costs += record.costs
        }
        let elapsed = start.duration(to: .now)
        answer("\(Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)")
    }
}

/// The cores that so many threads can keep busy.
func coreCount(_ threads: Int) -> Double { Double(min(threads, Parallel.availableThreads)) }

/// The most float32 operations a second of one core, by multiply-adds on vectors.
func peakOfCore() -> Double {
    let isWide = KernelSet.best.name.hasPrefix("avx512") || KernelSet.best.name == "amx"
    let unit = isWide ? CPEAK_FMA_16 : KernelSet.best.name.hasPrefix("avx2") ? CPEAK_FMA_8 : CPEAK_FMA_4
    let rounds = 1_000_000
    var best = Double.infinity, sink: Float = 0
    for _ in 0..<9 {
        let start = ContinuousClock.now
        sink += cpeak_run(unit, rounds)
        best = min(best, Double(start.duration(to: .now).components.attoseconds) * 1e-18)
    }
    withExtendedLifetime(sink) {}
    return cpeak_operations(unit, rounds) / best
}
