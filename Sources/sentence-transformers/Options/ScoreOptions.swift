// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
package import SentenceTransformers

extension ScoreActivation: ExpressibleByArgument {}

/// Options of the verbs that score pairs.
struct ScoreOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A text to put before the first text of every pair.", valueName: "text"))
    var prompt: String?

    @Option(
        help: ArgumentHelp(
            "The name of the model's prompt to put before the first text of every pair.", valueName: "name"))
    var promptName: String?

    @Option(help: "What turns logits into scores. (default: the model's)")
    var activation: ScoreActivation?

    /// The options of a call of `predict`.
    func predictOptions(_ common: CommonOptions) -> PredictOptions {
        common.options(PredictOptions(activation: activation, promptName: promptName, prompt: prompt))
    }
}
