// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Normalises vectors to unit length.
package struct Normalize: Module {
    package static let className = "Normalize"
    package static let typeName = "sentence_transformers.base.modules.normalize.Normalize"

    private let input: FeatureName
    private let output: FeatureName

    /// Normalises embeddings of texts.
    package init() { self.init(.sentenceEmbedding) }

    init(_ feature: FeatureName) {
        input = feature
        output = feature
    }

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(isOptional: true, known: .normalize)
        input = try config.choice("module_input_name", default: FeatureName.sentenceEmbedding)
        output = try config.choice("module_output_name", default: input)
    }

    package func save(to folder: URL) throws {
        try JSONValue.object([
            "module_input_name": .string(input.rawValue), "module_output_name": .string(output.rawValue),
        ]).write(to: folder.appending(path: "config.json"))
    }

    package func sizes(after sizes: FeatureSizes) -> FeatureSizes {
        var sizes = sizes
        if let size = sizes[input] { sizes[output] = size }
        return sizes
    }

    package func tokenUse(_ features: inout Features) -> TokenUse { .each }
    package func callAsFunction(_ features: inout Features) {
        if let x = features[input] { features[output] = x.normalized() }
    }

    package var summary: String { "unit length" }
}
