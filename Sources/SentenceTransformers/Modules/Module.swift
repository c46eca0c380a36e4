// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors
package import SentenceTokenizers

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// One step of a model: reads its own folder, transforms features, and writes itself back.
package protocol Module: Trainable, Sendable {
    /// The class name in `modules.json`, which also names the module's folder.
    static var className: String { get }
    /// The dotted type that the reference's writer emits.
    static var typeName: String { get }
    /// Whether the module's files stand in the model's own folder if it is the first one.
    static var isSavedInRoot: Bool { get }

    /// Reads the module from its folder.
    init(folder: ModuleFolder) throws
    /// Writes the module's files into an existing folder.
    func save(to folder: URL) throws

    /// The sizes of the features after the module, given those before it.
    ///
    /// Called once at load, so that modules that do not fit each other are an error then.
    func sizes(after sizes: FeatureSizes) throws -> FeatureSizes
    /// Transforms the features of a micro-batch.
    func callAsFunction(_ features: inout Features) throws

    /// The module as part of a model, whose texts the tokenizer turns into tokens.
    ///
    /// Called once, after all modules have been loaded.
    func ready(with tokenizer: Tokenizer?) -> Self

    /// What is learned, by the names under which the module saves it; a tensor with several names has all of them.
    var parameters: [NamedParameter] { get }
    /// What `info` says of the module, in one line.
    var summary: String { get }
}

extension Module {
    package static var isSavedInRoot: Bool { true }
    package func ready(with tokenizer: Tokenizer?) -> Self { self }
    // Of modules without parameters.
    package var parameters: [NamedParameter] { [] }
    package mutating func update(_ values: ParameterValues) {}

    /// The number of learned numbers.
    package var parameterCount: Int { parameters.distinct.reduce(0) { $0 + $1.parameter.tensor.count } }

    /// Writes the parameters into the module's folder, beside `others`.
    func saveParameters(_ others: [String: Tensor] = [:], to folder: URL) throws {
        let tensors = others.merging(parameters.lazy.map { ($0.name, $0.parameter.tensor) }) { $1 }
        try SafetensorsWriter.write(tensors, to: folder.appending(path: "model.safetensors"))
    }
}

/// A module that a model can begin with: it turns texts into tokens.
package protocol InputModule: Module, TextReader {
    /// The tokenizer; nil if the module reads whole words.
    var tokenizer: Tokenizer? { get }
}
