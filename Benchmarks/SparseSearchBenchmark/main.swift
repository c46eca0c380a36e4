// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A program of `make benchmark-sparse-search` (Benchmarks/search/sparse.py): reads sparse vectors, or texts, builds an
// index and prints how many seconds that took; searches for all queries once for every line on standard input and prints
// the seconds of each search; then writes the rows found.
//
//     SparseSearchBenchmark vectors CORPUS QUERIES COLUMNS TOP_K THREADS RESULT.i32
//     SparseSearchBenchmark texts CORPUS.txt QUERIES.txt TOP_K THREADS RESULT.i32
//
// CORPUS and QUERIES are prefixes of FILE.offsets.i64, FILE.indices.i32 and FILE.values.f32; texts are one a line.

import Foundation
import SentenceSearch

/// Prints the usage, and exits.
func usage() -> Never {
    FileHandle.standardError.write(
        Data(
            """
            usage: SparseSearchBenchmark vectors CORPUS QUERIES COLUMNS TOP_K THREADS RESULT.i32
                   SparseSearchBenchmark texts CORPUS.txt QUERIES.txt TOP_K THREADS RESULT.i32

            """.utf8))
    exit(64)
}

/// The numbers in a file.
func numbers<Number: BitwiseCopyable>(_ file: String, of type: Number.Type) throws -> [Number] {
    try Data(contentsOf: URL(filePath: file), options: .alwaysMapped).withUnsafeBytes { Array($0.bindMemory(to: type)) }
}

/// The sparse vectors in the files with a prefix.
func vectors(_ prefix: String, columns: Int) throws -> SparseMatrix {
    try SparseMatrix(
        rowOffsets: numbers(prefix + ".offsets.i64", of: Int.self),
        indices: numbers(prefix + ".indices.i32", of: Int32.self),
        values: numbers(prefix + ".values.f32", of: Float.self), columns: columns)
}

/// The lines of a file.
func lines(_ file: String) throws -> [String] {
    try String(contentsOf: URL(filePath: file), encoding: .utf8).split(separator: "\n").map(String.init)
}

/// The seconds that `body` takes, and its result.
func timed<Result>(_ body: () throws -> Result) rethrows -> (seconds: Double, result: Result) {
    let start = ContinuousClock.now
    let result = try body()
    let elapsed = start.duration(to: .now).components
    return (Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18, result)
}

/// Prints one line of the answer, and flushes it.
func answer(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// Answers every line on standard input with the time of a search, then writes what it found.
func serve(to file: String, topK: Int, _ search: () throws -> [[ScoredIndex]]) throws {
    var found: [[ScoredIndex]] = []
    while readLine() != nil {
        let (seconds, result) = try timed(search)
        found = result
        answer("\(seconds)")
    }
    let rows = found.flatMap { hits in
        (0..<topK).map { $0 < hits.count ? Int32(hits[$0].index) : -1 }
    }
    try rows.withUnsafeBufferPointer { try Data(buffer: $0).write(to: URL(filePath: file)) }
}

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "vectors" where arguments.count == 8:
    guard let columns = Int(arguments[4]), let topK = Int(arguments[5]), let threads = Int(arguments[6]) else {
        usage()
    }
    let corpus = try vectors(arguments[2], columns: columns), queries = try vectors(arguments[3], columns: columns)
    let (seconds, index) = try timed { try SparseIndex(corpus, threads: threads) }
    answer("\(seconds)")
    try serve(to: arguments[7], topK: topK) { try index.search(queries, topK: topK, threads: threads) }
case "texts" where arguments.count == 7:
    guard let topK = Int(arguments[4]), let threads = Int(arguments[5]) else { usage() }
    let corpus = try lines(arguments[2]), queries = try lines(arguments[3])
    let (seconds, index) = try timed { try LexicalIndex(corpus, threads: threads) }
    answer("\(seconds)")
    try serve(to: arguments[6], topK: topK) { try index.search(queries, topK: topK, threads: threads) }
default: usage()
}
