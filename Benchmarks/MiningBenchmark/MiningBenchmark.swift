// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A program of `make benchmark-mining` (Benchmarks/search/mining.py): mines or clusters the rows of a file as each line on
// standard input says, and prints how many seconds that took, a number that says what was found, and how many rounds
// the last k-means took.
//
//     MiningBenchmark ROWS.f32 DIMENSIONS
//
// A line is WHAT ROWS THREADS [ARGUMENT], where ROWS is the number of leading rows that take part.

import Foundation
import SentenceFiles
import SentenceSearch
import SentenceTensors

/// Prints the usage, and exits.
func usage() -> Never {
    FileHandle.standardError.write(Data("usage: MiningBenchmark ROWS.f32 DIMENSIONS\n".utf8))
    exit(64)
}

let arguments = CommandLine.arguments
guard arguments.count == 3, let dimensions = Int(arguments[2]) else { usage() }
let file = try PlacedFile(url: URL(filePath: arguments[1]))
let allRows = try Matrix(
    Tensor(shape: [file.byteCount / 4 / dimensions, dimensions]) {
        try file.read(UnsafeMutableRawBufferPointer($0), from: 0)
    })

/// How many rounds the last k-means computed.
var rounds = 0

/// Does what a line says; returns a number that says what was found.
@MainActor
func run(_ what: String, _ rows: Matrix, _ threads: Int, _ argument: Int) throws -> Double {
    switch what {
    case "communities": return Double(try communityDetection(rows, threads: threads).joined().count)
    case "paraphrases": return try paraphraseMining(rows, threads: threads).reduce(0) { $0 + Double($1.score) }
    case "duplicates": return Double(try nearDuplicates(rows, threshold: 0.9, threads: threads).joined().count)
    case "connected":
        return Double(
            try nearDuplicates(rows, threshold: 0.9, grouping: .connected, threads: threads).joined().count)
    case "bitext":
        let half = rows.rows / 2
        return Double(
            try bitextMining(source: rows[rows: ..<half], target: rows[rows: half...], threads: threads).count)
    case "kmeans":
        let clusters = try kMeans(rows, clusters: argument, metric: .euclidean, rounds: 10, threads: threads)
        rounds = clusters.rounds
        return clusters.objective
    case "agglomerative":
        return Double(
            try agglomerativeClustering(rows, linkage: .average, into: .distance(0.4), threads: threads).max() ?? 0)
    case "ward":
        return Double(try agglomerativeClustering(rows, linkage: .ward, into: .count(100), threads: threads).max() ?? 0)
    case "density":
        return Double(try densityClustering(rows, minimumClusterSize: 10, threads: threads).labels.count { $0 >= 0 })
    default: usage()
    }
}

/// Prints one line of the answer, and flushes it.
func answer(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

answer("ready")
while let line = readLine() {
    let words = line.split(separator: " ")
    guard words.count >= 3, let count = Int(words[1]), let threads = Int(words[2]), count <= allRows.rows else {
        usage()
    }
    let start = ContinuousClock.now
    let found = try run(
        String(words[0]), allRows[rows: ..<count], threads, words.count > 3 ? Int(words[3]) ?? 0 : 0)
    let elapsed = start.duration(to: .now)
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    answer("\(seconds) \(found) \(rounds)")
}
