// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

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

    /// The tokens that a prompt takes at the beginning of a text: all that it has alone but a closing special one.
    func promptLength(_ prompt: String) throws -> Int {
        guard !prompt.isEmpty else { return 0 }
        let encoding = try tokenizer.encode(prompt)
        return encoding.ids.count - (encoding.specialTokensMask.last == true ? 1 : 0)
    }
}
