// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
package import SentenceTransformers

extension ScoreActivation: ExpressibleByArgument {}

/// What the verbs that score pairs take.
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

    /// The options of `predict`, with what every verb takes.
    func predictOptions(_ common: CommonOptions) -> PredictOptions {
        var encoding = common.encodeOptions
        encoding.prompt = prompt
        encoding.promptName = promptName
        return PredictOptions(activation: activation, encoding: encoding)
    }
}

extension ProgressBar {
    /// Runs a scoring with options that draw the line, and takes the line away however it ends.
    func show<R>(_ options: PredictOptions, during predict: (PredictOptions) throws -> R) rethrows -> R {
        try show(options.encoding) { encoding in
            var options = options
            options.encoding = encoding
            return try predict(options)
        }
    }
}
