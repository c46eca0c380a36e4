// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A program of the comparison (Benchmarks/comparison): trains a model on pairs with MultipleNegativesRankingLoss and
// AdamW, so many steps for every line on standard input, and prints how many seconds they took.
//
//     TrainWorker MODEL PAIRS.json THREADS COMPUTE BATCH

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
let pairs = try JSONDecoder().decode([[String]].self, from: Data(contentsOf: URL(filePath: words[2])))
let model = try SentenceTransformer(directory: URL(filePath: words[1]), computePrecision: precision)
var arguments = TrainingArguments(batchSize: batchSize, learningRate: 2e-5)
arguments.schedule = .constant
arguments.compute = precision
arguments.threads = threads
arguments.dropout = ProcessInfo.processInfo.environment["DROPOUT"] == "0" ? 0 : nil
var session = try TrainingSession(model, losses: [.multipleNegativesRanking()], arguments: arguments, totalSteps: 1000)
answer("ready")
var next = 0
while let line = readLine() {
    let steps = Int(line) ?? 1
    let start = ContinuousClock.now
    for _ in 0..<steps {
        let rows = (0..<batchSize).map { (next + $0) % pairs.count }
        next += batchSize
        let batch = try PreparedBatch(
            TrainingBatch(
                columns: [rows.map { TokenizerInput(pairs[$0][0]) }, rows.map { TokenizerInput(pairs[$0][1]) }],
                rows: rows),
            readings: [ColumnReading(), ColumnReading()], for: session.model.pipeline)
        let record = try session.step([(0, batch)])
        if ProcessInfo.processInfo.environment["LOSSES"] != nil {
            FileHandle.standardError.write(Data("\(record.loss) \(record.gradientNorm) \(record.tokens)\n".utf8))
        }
    }
    let elapsed = start.duration(to: .now)
    answer("\(Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)")
}
