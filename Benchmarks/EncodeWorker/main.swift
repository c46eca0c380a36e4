// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A program of the comparison (Benchmarks/comparison): loads a model, encodes the texts once for every line on
// standard input, and answers with the seconds that it took.
//
//     EncodeWorker MODEL TEXTS.json THREADS COMPUTE EMBEDDINGS.f32

import Foundation
import SentenceTransformers

guard CommandLine.arguments.count == 6, let threads = Int(CommandLine.arguments[3]) else {
    FileHandle.standardError.write(Data("usage: EncodeWorker MODEL TEXTS.json THREADS COMPUTE EMBEDDINGS.f32\n".utf8))
    exit(64)
}
let texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(filePath: CommandLine.arguments[2])))
guard let precision = ComputePrecision(rawValue: CommandLine.arguments[4]) else {
    FileHandle.standardError.write(Data("unknown precision \(CommandLine.arguments[4])\n".utf8))
    exit(64)
}
let model = try SentenceTransformer(named: CommandLine.arguments[1], computePrecision: precision)
let options = EncodeOptions(threads: threads)

/// One line of the answer, at once.
func answer(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

let embeddings = try model.encode(texts, options: options)
try embeddings.withUnsafeBufferPointer { try Data(buffer: $0).write(to: URL(filePath: CommandLine.arguments[5])) }
answer("ready")
while let line = readLine() {
    let repetitions = Int(line) ?? 1
    let start = ContinuousClock.now
    for _ in 0..<repetitions { _ = try model.encode(texts, options: options) }
    let elapsed = start.duration(to: .now)
    answer("\(Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)")
}
