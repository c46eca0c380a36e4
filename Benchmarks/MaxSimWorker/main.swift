// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A program of `make maxsim` (Benchmarks/maxsim): reads embeddings, scores all queries with all documents once for
// every line on standard input, and prints how many seconds that took.
//
//     MaxSimWorker QUERIES DOCUMENTS DIMENSIONS THREADS SCORES.f32
//
// QUERIES and DOCUMENTS are FILE.f32:COUNTS.i32: all vectors one after another, and the number of vectors of each text.

import Foundation
import SentenceTransformers

/// Prints the usage, and exits.
func usage() -> Never {
    FileHandle.standardError.write(Data("usage: MaxSimWorker QUERIES DOCUMENTS DIMENSIONS THREADS SCORES.f32\n".utf8))
    exit(64)
}

/// The embeddings in `FILE.f32:COUNTS.i32`.
func embeddings(_ files: String, dimensions: Int) throws -> [Matrix] {
    let parts = files.split(separator: ":").map { URL(filePath: String($0)) }
    guard parts.count == 2 else { usage() }
    let vectors = try FileHandle(forReadingFrom: parts[0])
    let counts = try Data(contentsOf: parts[1]).withUnsafeBytes { $0.bindMemory(to: Int32.self).map(Int.init) }
    // One by one, so that the embeddings determine the program's peak memory.
    return try counts.map { count in
        let bytes = try vectors.read(upToCount: count * dimensions * MemoryLayout<Float>.stride) ?? Data()
        return try Matrix(
            bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }, rows: count, columns: dimensions)
    }
}

let arguments = CommandLine.arguments
guard arguments.count == 6, let dimensions = Int(arguments[3]), let threads = Int(arguments[4]) else { usage() }
let queries = try embeddings(arguments[1], dimensions: dimensions)
let documents = try embeddings(arguments[2], dimensions: dimensions)

/// Prints one line of the answer, and flushes it.
func answer(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

let scores = try MultiVectorSimilarity.maxSim(queries, documents, threads: threads)
try scores.withUnsafeBufferPointer { try Data(buffer: $0).write(to: URL(filePath: arguments[5])) }
answer("ready")
while readLine() != nil {
    let start = ContinuousClock.now
    _ = try MultiVectorSimilarity.maxSim(queries, documents, threads: threads)
    let elapsed = start.duration(to: .now)
    answer("\(Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)")
}
