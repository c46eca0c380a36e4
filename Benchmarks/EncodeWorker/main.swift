// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A program of the comparison (Benchmarks/comparison): loads a model of any kind, computes the texts or pairs once for
// every line on standard input, and prints how many seconds that took.
//
//     EncodeWorker MODEL TEXTS.json THREADS COMPUTE RESULTS.f32

import Foundation
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

guard CommandLine.arguments.count == 6, let threads = Int(CommandLine.arguments[3]) else {
    fail("usage: EncodeWorker MODEL TEXTS.json THREADS COMPUTE RESULTS.f32")
}
guard let precision = ComputePrecision(rawValue: CommandLine.arguments[4]) else {
    fail("unknown precision \(CommandLine.arguments[4])")
}
let folder = URL(filePath: CommandLine.arguments[1])
let file = try Data(contentsOf: URL(filePath: CommandLine.arguments[2]))
let texts = try? JSONDecoder().decode([String].self, from: file)
let pairs = try? JSONDecoder().decode([[String]].self, from: file).map { TokenizerInput($0[0], pair: $0[1]) }

/// What is measured, and what computes the results to compare.
let (work, results): (() throws -> Void, () throws -> Matrix)
let options = EncodeOptions(threads: threads)
switch try ModelKind(ofModelIn: folder) {
case .sentenceTransformer:
    let model = try SentenceTransformer(directory: folder, computePrecision: precision)
    work = { _ = try model.encode(texts ?? [], options: options) }
    results = { try model.encode(texts ?? [], options: options) }
case .sparseEncoder:
    let model = try SparseEncoder(directory: folder, computePrecision: precision)
    work = { _ = try model.encode(texts ?? [], options: SparseEncodeOptions(threads: threads)) }
    results = { try model.encode(texts ?? [], options: SparseEncodeOptions(threads: threads)).dense }
case .crossEncoder:
    let model = try CrossEncoder(directory: folder, computePrecision: precision)
    work = { _ = try model.predict(pairs ?? [], options: PredictOptions(threads: threads)) }
    results = { try model.predict(pairs ?? [], options: PredictOptions(threads: threads)) }
case .multiVectorEncoder: fail("multi-vector models have a comparison of their own: make maxsim")
}

try results().withUnsafeBufferPointer { try Data(buffer: $0).write(to: URL(filePath: CommandLine.arguments[5])) }
answer("ready")
while let line = readLine() {
    let repetitions = Int(line) ?? 1
    let start = ContinuousClock.now
    for _ in 0..<repetitions { try work() }
    let elapsed = start.duration(to: .now)
    answer("\(Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)")
}
