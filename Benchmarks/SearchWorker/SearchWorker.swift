// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A program of `make benchmark-search` (Benchmarks/search): searches a corpus as each line on standard input says, and
// prints how many seconds that took, and the indices of the first query's hits.
//
//     SearchWorker CORPUS.f32 QUERIES.f32 DIMENSIONS TOP_K
//
// A line is KIND QUERIES THREADS. KIND is a storage; "filtered", float32 with 1 % of the rows allowed; "file", float32
// read from the file; "read", only the sum of all numbers; or "product", only all scores of float32, not kept.

import Foundation
import SentenceFiles
import SentenceSearch
import SentenceTensors

/// Prints the usage, and exits.
func usage() -> Never {
    FileHandle.standardError.write(Data("usage: SearchWorker CORPUS.f32 QUERIES.f32 DIMENSIONS TOP_K\n".utf8))
    exit(64)
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let dimensions = Int(arguments[3]), let topK = Int(arguments[4]) else { usage() }

/// The rows in a file of float32 numbers.
func matrix(_ path: String) throws -> Matrix {
    let file = try PlacedFile(url: URL(filePath: path))
    return try Matrix(
        Tensor(shape: [file.byteCount / 4 / dimensions, dimensions]) {
            try file.read(UnsafeMutableRawBufferPointer($0), from: 0)
        })
}

/// The sum of all numbers of a range of rows.
@Sendable
func sum(_ matrix: Matrix, _ rows: Range<Int>) -> Float {
    matrix.withUnsafeBufferPointer { numbers in
        let bytes = UnsafeRawBufferPointer(
            UnsafeBufferPointer(rebasing: numbers[rows.lowerBound * dimensions..<rows.upperBound * dimensions]))
        let vectors = bytes.bindMemory(to: SIMD16<Float>.self)
        var sums = (SIMD16<Float>.zero, SIMD16<Float>.zero)
        for index in stride(from: 0, to: vectors.count - 1, by: 2) {
            sums.0 += vectors[index]
            sums.1 += vectors[index + 1]
        }
        return (sums.0 + sums.1).sum()
    }
}

let corpus = try matrix(arguments[1]), allQueries = try matrix(arguments[2])
let ranges = QuantizationRanges(calibrating: corpus[rows: ..<min(corpus.rows, 10_000)])
let rare = RowSet(count: corpus.rows) { $0 % 100 == 7 }
let file = try SearchCorpus(
    FileRows(PlacedFile(url: URL(filePath: arguments[1])), offset: 0, rows: corpus.rows, rowByteCount: 4 * dimensions),
    storage: .float32, columns: dimensions)
var quantized: [String: SearchCorpus] = [
    "float32": SearchCorpus(corpus), "filtered": SearchCorpus(corpus), "file": file,
]

/// Runs one kind; returns the first query's hits.
@MainActor
func run(_ kind: String, _ queries: Matrix, _ threads: Int) throws -> [Int] {
    switch kind {
    case "read":
        Execution.with(threads: threads) {
            Parallel.forRanges(corpus.rows, grain: 1) { rows in if sum(corpus, rows).isNaN { print("NaN") } }
        }
        return []
    case "product":
        let block = 1 << 13
        Execution.with(threads: threads) {
            Parallel.forEach((corpus.rows + block - 1) / block) { index in
                let rows = index * block..<min((index + 1) * block, corpus.rows)
                _ = corpus.tensor.rowRange(rows).product(transposed: queries.tensor)
            }
        }
        return []
    default:
        if quantized[kind] == nil, let precision = EmbeddingPrecision(rawValue: kind) {
            quantized[kind] = try SearchCorpus(
                quantizeEmbeddings(corpus, precision: precision, ranges: ranges), ranges: ranges)
        }
        guard let corpus = quantized[kind] else { usage() }
        return try semanticSearch(
            queries, in: corpus, topK: topK, scoreFunction: .dot, allowed: kind == "filtered" ? rare : nil,
            threads: threads)[0].map(\.index)
    }
}

/// Prints one line of the answer, and flushes it.
func answer(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

answer("ready")
while let line = readLine() {
    let words = line.split(separator: " ")
    guard words.count == 3, let count = Int(words[1]), let threads = Int(words[2]), count <= allQueries.rows else {
        usage()
    }
    let queries = allQueries[rows: ..<count]
    // What is made of the corpus the first time is not part of the search.
    if quantized[String(words[0])] == nil { _ = try run(String(words[0]), queries, threads) }
    let start = ContinuousClock.now
    let hits = try run(String(words[0]), queries, threads)
    let elapsed = start.duration(to: .now)
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    answer(([String(seconds)] + hits.map(String.init)).joined(separator: " "))
}
