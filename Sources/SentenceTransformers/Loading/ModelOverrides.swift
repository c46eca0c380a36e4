// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// Settings of a caller that replace those in a model's files.
package struct ModelOverrides: Sendable {
    /// The prompts, by name.
    package var prompts: [ExactString: String] = [:]
    /// The name of the prompt that is used if none is given.
    package var defaultPromptName: String?
    /// The name of the similarity function.
    package var similarityFunctionName: String?
    /// The number of leading dimensions of an embedding to keep.
    package var truncateDimension: Int?
    /// The number of largest dimensions of a sparse embedding to keep.
    package var maximumActiveDimensions: Int?

    /// Replaces nothing.
    package init() {}

    /// Applies the overrides to the settings of a model of the given kind.
    ///
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` for a value out of range or one that the
    ///   kind does not have.
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
    /// The text of the prompt with the given name.
    ///
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` if there is no prompt of that name.
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
