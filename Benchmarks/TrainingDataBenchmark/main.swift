// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTraining
import SentenceTransformers

// TrainingDataBenchmark [ROWS [SAMPLER]]: writes a temporary file of so many rows of JSON lines, opens it as training
// data, reads the first 1000 batches of a shuffled epoch, and prints the time and the largest memory of the process.

let arguments = CommandLine.arguments.dropFirst()
let count = arguments.first.flatMap(Int.init) ?? 10_000_000
guard let sampler = arguments.dropFirst().first.map(BatchSampler.init(rawValue:)) ?? .random else {
    FileHandle.standardError.write(Data("the sampler is one of \(BatchSampler.allCases.map(\.rawValue))\n".utf8))
    exit(64)
}

/// The largest memory that the process has had so far, with its files; known on Linux.
func peakMegabytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) / 1024
}

func report(_ what: String, _ duration: Duration) {
    print(
        "\(what): \(duration.formatted(.units(allowed: [.seconds], fractionalPart: .show(length: 1)))), peak \(peakMegabytes()) MB"
    )
}

/// Writes rows of about 110 bytes.
func write(_ count: Int, to url: URL) throws {
    try Data().write(to: url)
    let file = try FileHandle(forWritingTo: url)
    defer { try? file.close() }
    for first in stride(from: 0, to: count, by: 10_000) {
        let lines = (first..<min(count, first + 10_000)).map { row in
            "{\"anchor\": \"how far is it to the place with the number \(row)?\", "
                + "\"positive\": \"the place is \(row % 977) miles away\"}\n"
        }
        try file.write(contentsOf: Data(lines.joined().utf8))
    }
}

let folder = FileManager.default.temporaryDirectory.appending(path: "training-data-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }
let url = folder.appending(path: "pairs.jsonl")
try write(count, to: url)
let size = (try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int) ?? 0
print("\(count) rows, \(size >> 20) MB")

let clock = ContinuousClock()
var start = clock.now
let data = try TrainingData(contentsOf: url)
report("opened and checked", clock.now - start)

start = clock.now
let columns = try ColumnArrangement(
    data, for: .atLeast(2, labels: .none), lossName: "MultipleNegativesRankingLoss", kind: .sentenceTransformer)
let plan = try BatchPlan(
    [(data, columns)], batchSize: 32, sampler: sampler, multiSampler: .proportional, dropsLast: false, seed: 42)
var batches = try plan.batches(epoch: 0, skipping: 0)
report("shuffled into \(plan.batchesPerEpoch) batches", clock.now - start)

start = clock.now
for _ in 0..<1000 {
    guard let batch = try batches.next() else { break }
    _ = try columns.batch(data, rows: batch.rows)
}
report("read 1000 batches", clock.now - start)
