// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension TextEncoder {
    /// The options for a task, with the prompt that the model has for it unless they already have one.
    public func options(_ options: Options, for task: EncodingTask) -> Options {
        var options = options
        options.task = task
        if options.prompt == nil, options.promptName == nil {
            options.promptName = task.promptNames.first { prompts[$0] != nil }
        }
        return options
    }
}
