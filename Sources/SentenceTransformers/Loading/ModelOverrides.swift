// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// What a caller wants otherwise than the files of a model say.
package struct ModelOverrides: Sendable {
    /// Texts to put before others, by name.
    package var prompts: [ExactString: String] = [:]
    /// The name of the prompt that is used if none is given.
    package var defaultPromptName: String?
    /// How results are compared.
    package var similarityFunctionName: String?
    /// Leading dimensions of an embedding to keep.
    package var truncateDimension: Int?
    /// Largest dimensions of a sparse embedding to keep.
    package var maximumActiveDimensions: Int?

    /// Nothing in place of what the files say.
    package init() {}

    /// Changes the settings of a model of a kind.
    ///
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` for what the kind does not have or is out of
    ///   range.
    func change(_ settings: inout ModelSettings, of kind: ModelKind) throws {
        for (name, value, owner) in [
            ("truncateDimension", truncateDimension, ModelKind.sentenceTransformer),
            ("maximumActiveDimensions", maximumActiveDimensions, .sparseEncoder),
        ] {
            guard let value else { continue }
            guard kind == owner else {
                throw SentenceTransformersError(.invalidArgument, "\(name) means nothing to a \(kind.rawValue)")
            }
            try SentenceTransformersError.requirePositive(value, name)
        }
        settings.prompts.merge(prompts) { $1 }
        if let defaultPromptName {
            try settings.checkPrompt(defaultPromptName)
            settings.defaultPromptName = defaultPromptName
        }
        settings.similarityFunctionName = similarityFunctionName ?? settings.similarityFunctionName
        settings.truncateDimension = truncateDimension ?? settings.truncateDimension
        settings.maximumActiveDimensions = maximumActiveDimensions ?? settings.maximumActiveDimensions
    }
}

extension ModelSettings {
    /// The text of a prompt.
    ///
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` if there is none of that name.
    @discardableResult
    func checkPrompt(_ name: String) throws -> String {
        guard let prompt = prompts[ExactString(name)] else {
            let known = prompts.keys.sortedStrings.joined(separator: ", ")
            throw SentenceTransformersError(
                .invalidArgument,
                "the model has no prompt named \"\(name)\"; it has: \(known.isEmpty ? "none" : known)")
        }
        return prompt
    }
}
