// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension TrainingArguments {
    /// Refuses arguments that make no sense, or do not go together.
    ///
    /// - Throws: ``TrainingError`` with code `invalidArgument`.
    func check(hasEvaluation: Bool) throws {
        func require(_ holds: Bool, _ message: @autoclosure () -> String) throws {
            guard holds else { throw TrainingError(.invalidArgument, message()) }
        }
        try require(maxSteps != nil || epochs > 0 && epochs.isFinite, "epochs is \(epochs); it must be above 0")
        try require(maxSteps ?? 1 > 0, "maxSteps is \(maxSteps ?? 0); it must be 1 or more")
        try require(batchSize > 0, "batchSize is \(batchSize); it must be 1 or more")
        try require(gradientAccumulationSteps > 0, "gradientAccumulationSteps must be 1 or more")
        try require(
            learningRate >= 0 && learningRate.isFinite, "learningRate is \(learningRate); it must not be negative")
        try require((0...1).contains(warmupRatio), "warmupRatio is \(warmupRatio); it must be 0 to 1")
        try require(warmupSteps >= 0, "warmupSteps must not be negative")
        try require(weightDecay >= 0, "weightDecay must not be negative")
        try require(maxGradientNorm >= 0, "maxGradientNorm must not be negative; 0 is no bound")
        try require((0..<1).contains(dropout ?? 0), "dropout is \(dropout ?? 0); it must be 0 or more and below 1")
        try require(threads ?? 1 > 0, "threads must be 1 or more")
        try require(compute != .int8, "training computes in float32 or bfloat16; int8 has no gradients")
        try require(saveTotalLimit ?? 1 > 0, "saveTotalLimit must be 1 or more")
        for (name, interval) in [("evaluation", evaluation), ("saving", saving), ("logging", logging)] {
            if case .steps(let steps) = interval { try require(steps > 0, "\(name) needs 1 step or more") }
        }
        try require(
            evaluation == .never || hasEvaluation,
            "evaluation is asked for, but there are neither evaluators nor evaluation data")
        try require(
            !loadsBestModelAtEnd || hasEvaluation && evaluation != .never,
            "loadsBestModelAtEnd needs an evaluation with evaluators or evaluation data")
        try require(
            earlyStoppingPatience == nil || evaluation != .never, "earlyStoppingPatience needs an evaluation")
    }

    /// How the columns of a data set are read.
    ///
    /// - Throws: ``TrainingError`` if a column has no route that the mapping names.
    func readings(of columns: [String], dataset: String, kind: ModelKind) throws -> [ColumnReading] {
        for name in routerMapping.keys where !columns.contains(name) {
            throw TrainingError(
                .invalidArgument,
                "routerMapping names the column \(name); there are \(columns.joined(separator: ", "))")
        }
        return columns.enumerated().map { index, name in
            // Late interaction tells queries from documents, of which the first column holds the queries.
            let usual: EncodingTask? = kind == .multiVectorEncoder ? index == 0 ? .query : .document : nil
            return ColumnReading(
                task: routerMapping[name] ?? usual, prompt: prompts.prompt(column: name, dataset: dataset),
                maximumLength: maxSequenceLength)
        }
    }

    /// Where the log goes; nowhere if there is no folder for it.
    var logFile: URL? { log ?? outputDirectory?.appending(path: "training_log.jsonl") }
}
