// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

extension SentenceTransformer {
    /// The prompt that the options ask for: their text, else the named one, else the model's default, else none.
    func prompt(for options: EncodeOptions) throws -> String {
        if let prompt = options.prompt { return prompt }
        guard let name = options.promptName ?? defaultPromptName else { return "" }
        guard let prompt = prompts[name] else {
            let known = prompts.keys.sorted().joined(separator: ", ")
            throw SentenceTransformersError(
                .invalidArgument, "the model has no prompt named \"\(name)\"; it has: \(known)")
        }
        return prompt
    }

    /// Turns texts into tokens as `encode` does, without a prompt.
    package func tokenize(_ inputs: [TokenizerInput], maximumLength: Int?) throws -> TokenBatch {
        try input.tokenize(inputs, maximumLength: maximumLength)
    }
}
