// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

/// A layer that an adapter can change.
struct AdaptedLayer: Sendable {
    /// Its name in the checkpoint.
    let name: String
    /// Its name in the reference's model.
    let module: String
    /// Its name in the encoder alone, which is the same for all heads.
    let canonical: String
    let weight: Parameter
}

/// What an adapter can change in a transformer, by the names of the checkpoint, and by those of the reference's model.
struct AdapterNames {
    /// The layers.
    private(set) var layers: [AdaptedLayer]
    /// Those of the encoder, by the names of the reference's model.
    private(set) var encoderModules: Set<ExactString>
    /// Every parameter.
    let all: [NamedParameter]
    let modelType: String?
    private let ownsName: @Sendable (String) -> Bool
    private let prefixes: (inCheckpoint: String, belowHeads: String)
    private let hasHead: Bool
    private let encoderNames: Set<ExactString>

    /// - Parameters:
    ///   - encoder: The parameters of the encoder, and those of them that are matrices of layers.
    ///   - head: The same of the head.
    ///   - prefixes: What the names of the encoder begin with in the checkpoint, and in models with a head.
    ///   - hasHead: Whether the model has a head.
    ///   - modelType: The family.
    ///   - owns: Whether a name without prefix is that of a tensor of the encoder.
    init(
        encoder: (all: [NamedParameter], matrices: [NamedParameter]),
        head: (all: [NamedParameter], matrices: [NamedParameter]),
        prefixes: (inCheckpoint: String, belowHeads: String), hasHead: Bool, modelType: String?,
        owns: @escaping @Sendable (String) -> Bool
    ) {
        ownsName = owns
        self.prefixes = prefixes
        self.hasHead = hasHead
        self.modelType = modelType
        all = encoder.all + head.all
        encoderNames = Set(exact: encoder.all.map(\.name))
        layers = []
        encoderModules = []
        let suffix = ".weight"
        let layers = (encoder.matrices + head.matrices).filter { $0.name.hasSuffix(suffix) }.map { matrix in
            let name = String(matrix.name.dropLast(suffix.count))
            return AdaptedLayer(
                name: name, module: String(module(matrix.name).dropLast(suffix.count)), canonical: canonical(name),
                weight: matrix.parameter)
        }
        self.layers = layers
        let inEncoder = Set(exact: encoder.matrices.map { String($0.name.dropLast(suffix.count)) })
        encoderModules = Set(exact: layers.filter { inEncoder.contains(ExactString($0.name)) }.map(\.module))
    }

    /// The name of a parameter of the checkpoint in the reference's model.
    func module(_ name: String) -> String {
        guard encoderNames.contains(ExactString(name)) else { return name }
        return (hasHead ? prefixes.belowHeads : "") + name.withoutPrefix(prefixes.inCheckpoint)
    }

    /// A name without what stands before the encoder's own names.
    func canonical(_ name: String) -> String {
        for prefix in [prefixes.inCheckpoint, prefixes.belowHeads] where !prefix.isEmpty && name.hasPrefix(prefix) {
            return name.withoutPrefix(prefix)
        }
        return name
    }

    /// Whether a name of the reference's model belongs to something that the results do not depend on, such as BERT's pooler
    /// below embeddings of tokens.
    func isUnused(_ name: String) -> Bool { !hasHead && !ownsName(canonical(name)) }

    /// The names of the parameters of some modules.
    ///
    /// - Throws: ``SentenceTransformersError`` for a module without parameters.
    func parameters(of modules: [String]) throws -> Set<ExactString> {
        var found: Set<ExactString> = []
        for module in modules {
            let inside = all.filter { (".\(self.module($0.name))").contains(".\(module).") }
            guard !inside.isEmpty else {
                throw SentenceTransformersError(
                    .invalidArgument,
                    "the module \"\(module)\", which the adapter is to save, has no parameters in this model")
            }
            found.formUnion(inside.map { ExactString($0.name) })
        }
        return found
    }
}

extension String {
    func withoutPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
