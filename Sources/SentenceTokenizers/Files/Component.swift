// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A family of components that have the same role in a tokenizer: normalizers, pre-tokenizers, and so on.
protocol ComponentFamily {
    /// The type of all members.
    associatedtype Member: Sendable
    /// The name of the family in error messages.
    static var name: String { get }
    /// How to read each kind of member, by the `type` in its object.
    static var known: [String: @Sendable (any Decoder) throws -> Member] { get }
}

/// A member of a family, of the kind given by the key `type`.
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
