// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension TextEncoder {
    /// Options with the given task, and with the model's prompt for it unless they already have a prompt.
    public func options(_ options: Options, for task: EncodingTask) -> Options {
        var options = options
        options.task = task
        if options.prompt == nil, options.promptName == nil {
            options.promptName = task.promptNames.first { prompts[$0] != nil }
        }
        return options
    }
}
