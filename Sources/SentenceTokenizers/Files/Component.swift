// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One part of a tokenizer's pipeline, read from the object in `tokenizer.json` whose `type` is its kind.
protocol Component: Decodable, Sendable {
    /// The value of `type`.
    static var kind: String { get }
}

/// A family of components which can stand at the same place.
protocol ComponentFamily {
    /// What error messages call the family.
    static var name: String { get }
    /// All members.
    static var known: [any Component.Type] { get }
}

/// The key that names the kind of a component.
enum ComponentKey: String, CodingKey {
    case type
}

extension ComponentFamily {
    /// Decodes the member that the object's `type` names.
    static func decodeMember(from decoder: any Decoder) throws -> any Component {
        let kind = try decoder.container(keyedBy: ComponentKey.self).decode(String.self, forKey: .type)
        if let match = known.first(where: { $0.kind == kind }) { return try match.init(from: decoder) }
        throw unsupported(kind)
    }

    static func unsupported(_ kind: String) -> TokenizerError {
        TokenizerError(
            .unsupportedComponent,
            "\(name) \"\(kind)\" is not supported by this version; supported: "
                + known.map { $0.kind }.sorted().joined(separator: ", "))
    }
}

/// A normalizer of any kind.
struct AnyNormalizer: Decodable, Sendable {
    let base: any Normalizer

    init(from decoder: any Decoder) throws {
        let member = try Normalizers.decodeMember(from: decoder)
        guard let base = member as? any Normalizer else { throw Normalizers.unsupported(type(of: member).kind) }
        self.base = base
    }
}

/// A pre-tokenizer of any kind.
struct AnyPreTokenizer: Decodable, Sendable {
    let base: any PreTokenizer

    init(from decoder: any Decoder) throws {
        let member = try PreTokenizers.decodeMember(from: decoder)
        guard let base = member as? any PreTokenizer else { throw PreTokenizers.unsupported(type(of: member).kind) }
        self.base = base
    }
}

/// A post-processor of any kind.
struct AnyPostProcessor: Decodable, Sendable {
    let base: any PostProcessor

    init(from decoder: any Decoder) throws {
        let member = try PostProcessors.decodeMember(from: decoder)
        guard let base = member as? any PostProcessor else { throw PostProcessors.unsupported(type(of: member).kind) }
        self.base = base
    }
}

/// A decoder of any kind.
struct AnyTokenDecoder: Decodable, Sendable {
    let base: any TokenDecoder

    init(from decoder: any Decoder) throws {
        let member = try TokenDecoders.decodeMember(from: decoder)
        guard let base = member as? any TokenDecoder else { throw TokenDecoders.unsupported(type(of: member).kind) }
        self.base = base
    }
}
