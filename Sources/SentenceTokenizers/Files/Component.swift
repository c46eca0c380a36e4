// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A family of components which can stand at the same place of a tokenizer: normalizers, pre-tokenizers, and so on.
protocol ComponentFamily {
    /// What all members are.
    associatedtype Member: Sendable
    /// What error messages call the family.
    static var name: String { get }
    /// How each kind of member is read, by the `type` in its object.
    static var known: [String: @Sendable (any Decoder) throws -> Member] { get }
}

/// A member of a family, of the kind that the key `type` names.
struct Component<Family: ComponentFamily>: Decodable, Sendable {
    let base: Family.Member

    private enum CodingKeys: String, CodingKey {
        case type
    }

    init(from decoder: any Decoder) throws {
        let kind = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .type)
        guard let make = Family.known[kind] else {
            throw TokenizerError(
                .unsupportedComponent,
                "\(Family.name) \"\(kind)\" is not supported by this version; supported: "
                    + Family.known.keys.sorted().joined(separator: ", "))
        }
        base = try make(decoder)
    }
}
