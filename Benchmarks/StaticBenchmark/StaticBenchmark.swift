// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceDefaultModel
import SentenceTensors
import SentenceTokenizers
import SentenceTraining
import SentenceTransformers

// How well static models agree with their teacher on texts that none was trained on: the correlation (Spearman) of cosines
// for 10,000 pairs, half of them at random, half of a text and one of the 20 that are nearest to it for the teacher; then
// for 10,000 pairs at random, most of which have nothing in common. And how fast they are.
//
//   StaticBenchmark TEACHER TEXTS…

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count > 1 else {
    print("usage: StaticBenchmark TEACHER TEXTS…")
    exit(64)
}
let teacher = try SentenceTransformer(directory: URL(filePath: arguments[0], directoryHint: .isDirectory))

/// The mean of the teacher's input embeddings, which needs no distillation.
func inputAverage() throws -> SentenceTransformer {
    guard let transformer = teacher.pipeline.modules.first as? Transformer, let tokenizer = teacher.tokenizer,
        let table = transformer.parameters.first(where: { $0.name.hasSuffix("word_embeddings.weight") })
    else { throw TrainingError(.invalidArgument, "the teacher has no word embeddings") }
    let embedding = try StaticEmbedding(
        Tokenizer(verbatim: tokenizer.verbatimJSON()), table: table.parameter.tensor)
    return try SentenceTransformer(
        pipeline: ModelPipeline([embedding, Normalize()], kind: .sentenceTransformer, directory: teacher.directory))
}

let clock = ContinuousClock()
// As the command does; what eight bits lose, the table does not show.
let quick = try SentenceTransformer(directory: teacher.directory, computePrecision: .int8)
let start = clock.now
let plain = try distillStatic(quick)
let seconds = start.duration(to: clock.now)
let models = try [("mean of input embeddings", inputAverage()), ("distilled", plain), ("default", .default)]
print("distilled the vocabulary in \(seconds)")

for path in arguments.dropFirst() {
    let texts = try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n").map(String.init)
    let wanted = try teacher.encode(texts)
    let near = try semanticSearch(wanted[rows: ..<5000], in: wanted, topK: 21)
    let random = RandomStream(seed: 7, step: 0)
    func draw(_ place: Int, below count: Int) -> Int { min(count - 1, Int(Float(count) * random.fraction(place))) }
    let atRandom = (0..<10_000).map { (draw(2 * $0, below: texts.count), draw(2 * $0 + 1, below: texts.count)) }
    let nearPairs = near.enumerated().map { row, hits in
        (row, hits.map(\.index).filter { $0 != row }[draw(30_000 + row, below: 20)])
    }
    print("\n\(URL(filePath: path).lastPathComponent), \(texts.count) texts")
    for (name, model) in models {
        let begin = clock.now
        let found = try model.encode(texts)
        let took = begin.duration(to: clock.now)
        func correlation(_ pairs: [(Int, Int)]) throws -> Double {
            func cosines(_ matrix: Matrix) throws -> [Double] {
                let (a, b) = (pairs.map { Array(matrix[$0.0]) }, pairs.map { Array(matrix[$0.1]) })
                return try teacher.similarityPairwise(Matrix(rows: a), Matrix(rows: b)).map(Double.init)
            }
            return Correlation.spearman(try cosines(wanted), try cosines(found))
        }
        let mixed = try correlation(nearPairs + atRandom.prefix(5000)), loose = try correlation(atRandom)
        func short(_ number: Double) -> String { String(format: "%.3f", number) }
        print(
            "  \(name.padding(toLength: 26, withPad: " ", startingAt: 0))\(short(mixed))  random \(short(loose))  \(took)"
        )
    }
}
