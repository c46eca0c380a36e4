// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
package import SentenceTraining
package import SentenceTransformers

/// The folder or name of the model that an example begins with: its first argument.
package func modelName(default name: String) -> String { CommandLine.arguments.dropFirst().first ?? name }

/// Prints a number before and after training; an example that made it no better fails.
package func show(_ metric: String, _ before: Double, _ after: Double, in duration: Duration) {
    func short(_ number: Double) -> String { "\((number * 1000).rounded() / 1000)" }
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    print("\(metric): \(short(before)) before, \(short(after)) after, in \((seconds * 10).rounded() / 10) s")
    if after <= before { exit(1) }
}

/// Prints a metric before and after training; an example that made it no better fails.
package func show<Model: BaseModel>(_ metric: String, of result: TrainingResult<Model>) {
    guard let change = result.history.change(of: "eval_\(metric)") else {
        print("there is no metric \(metric)")
        exit(1)
    }
    func short(_ number: Double) -> String { "\((number * 1000).rounded() / 1000)" }
    let seconds = (result.seconds * 10).rounded() / 10
    print(
        "\(metric): \(short(change.before)) before, \(short(change.after)) after \(result.step) steps in \(seconds) s")
    if change.after <= change.before { exit(1) }
}
