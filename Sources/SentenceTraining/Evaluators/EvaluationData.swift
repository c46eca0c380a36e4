// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What evaluators ask of their data.
enum EvaluationData {
    /// - Throws: ``TrainingError`` if there are too few rows, or not as many of something as of them.
    static func check(_ rows: Int, _ others: Int, _ what: String, least: Int = 1) throws {
        guard rows == others else {
            throw TrainingError(
                .invalidArgument, "found \(others) \(what) for \(rows) rows to evaluate on; expected one for each")
        }
        guard rows >= least else {
            throw TrainingError(
                .invalidArgument,
                "found \(rows) row\(rows == 1 ? "" : "s") to evaluate on; expected at least \(least)")
        }
    }
}
