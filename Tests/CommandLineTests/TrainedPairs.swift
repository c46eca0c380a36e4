// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles

/// A small training with a checkpoint after every step, and what it leaves in its folder.
enum TrainedPairs {
    /// Rows of pairs as JSON lines.
    static func lines(_ count: Int) -> String {
        (0..<count).map {
            "{\"anchor\": \"what is number \($0)?\", \"positive\": \"number \($0 * 7 % 11) is \($0)\"}\n"
        }.joined()
    }

    /// Arguments after the model; sixty steps for forty rows.
    static func arguments(_ data: String, _ output: URL) -> [String] {
        [
            "--train", data, "--loss", "MultipleNegativesRankingLoss", "--output", output.path, "--epochs", "3",
            "--batch-size", "2", "--learning-rate", "1e-3", "--set", "save_strategy=steps", "--set", "save_steps=1",
            "--set", "save_total_limit=3",
        ]
    }

    private static func names(_ output: URL) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: output.path)) ?? []
    }

    /// The steps of the checkpoints, ascending.
    static func checkpoints(_ output: URL) throws -> [Int] {
        names(output).filter { $0.hasPrefix("checkpoint-") }.compactMap { Int($0.dropFirst(11)) }.sorted()
    }

    /// What is not whole, at any depth.
    static func unfinished(_ output: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: output.path).filter {
            $0.split(separator: "/").last?.hasPrefix(".") ?? false
        }.sorted()
    }

    /// The last step in the log; 0 without one.
    static func loggedSteps(_ output: URL) throws -> Int {
        let text = (try? String(contentsOf: output.appending(path: "training_log.jsonl"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)).asObject?["step"]?.asInt }
            .max() ?? 0
    }
}
