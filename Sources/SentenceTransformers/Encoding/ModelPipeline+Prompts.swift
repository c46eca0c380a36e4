// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension ModelPipeline {
    /// The prompt of a request: its text, else the one that it names, else the model's default, else none.
    func prompt(for request: EncodeRequest) throws -> String {
        if let prompt = request.prompt { return prompt }
        guard let name = request.promptName ?? settings.defaultPromptName else { return "" }
        return try settings.checkPrompt(name)
    }
}
