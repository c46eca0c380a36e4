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

/// One step of a model, which is loaded from its folder, transforms features, and can be saved.
package protocol Module: Trainable, Sendable {
    /// The class name in `modules.json`, which is also part of the folder's name.
    static var className: String { get }
    /// The dotted type name that the reference writes.
    static var typeName: String { get }
    /// Whether the module, if it is the first one, is saved in the model's own folder.
    static var isSavedInRoot: Bool { get }

    /// Reads the module from its folder.
    init(folder: ModuleFolder) throws
    /// Writes the module's files into an existing folder.
    func save(to folder: URL) throws

    /// The sizes of the features after the module, for the given sizes before it.
    ///
    /// Called when a model is loaded, so that modules that do not fit together are an error then.
    func sizes(after sizes: FeatureSizes) throws -> FeatureSizes
    /// Which tokens' vectors the module will read, asked before any are computed; all unless it says otherwise.
    ///
    /// Of the features there are the tokens. The module may narrow down which are kept.
    func tokenUse(_ features: inout Features) -> TokenUse
    /// Transforms the features of a micro-batch.
    func callAsFunction(_ features: inout Features) throws

    /// The module, prepared for a model with the given tokenizer.
    ///
    /// Called once, after all modules have been loaded.
    func ready(with tokenizer: Tokenizer?) -> Self

    /// Prepares the module to be saved with weights of a type.
    mutating func setWeightType(_ type: WeightType) throws

    /// The parameters, by the names under which the module saves them; a tensor with several names is listed under
    /// each.
    var parameters: [NamedParameter] { get }
    /// A one-line description of the module, shown by `info`.
    var summary: String { get }
}

extension Module {
    package static var isSavedInRoot: Bool { true }
    package func ready(with tokenizer: Tokenizer?) -> Self { self }
    package func tokenUse(_ features: inout Features) -> TokenUse { .all }
    package mutating func setWeightType(_ type: WeightType) throws {}
    // Modules without parameters use these.
    package var parameters: [NamedParameter] { [] }
    package mutating func update(_ values: ParameterValues) {}

    /// The total number of elements of all parameters.
    package var parameterCount: Int { parameters.distinct.reduce(0) { $0 + $1.parameter.tensor.count } }

    /// Writes the parameters and `others` into the module's folder.
    func saveParameters(_ others: [String: Tensor] = [:], to folder: URL) throws {
        let tensors = others.merging(parameters.lazy.map { ($0.name, $0.parameter.tensor) }) { $1 }
        try SafetensorsWriter.write(tensors, to: folder.appending(path: "model.safetensors"))
    }
}

/// A module that can be the first of a model because it turns texts into tokens.
package protocol InputModule: Module, TextReader {
    /// The tokenizer; nil if the module reads whole words.
    var tokenizer: Tokenizer? { get }
}
