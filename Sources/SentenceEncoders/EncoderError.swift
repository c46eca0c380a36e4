// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import protocol FoundationEssentials.LocalizedError
#else
    public import protocol Foundation.LocalizedError
#endif

/// An error in the input of an encoder.
public enum EncoderError: LocalizedError, Sendable, Equatable, CustomStringConvertible {
    /// An id has no row in its embedding table.
    case idOutOfRange(kind: String, id: Int, count: Int)
    /// A text is longer than the table of positions.
    case textTooLong(tokens: Int, maximum: Int)

    /// The error in one line.
    public var description: String {
        switch self {
        case .idOutOfRange(let kind, let id, let count):
            "\(kind) \(id) has no embedding: the model has \(count); tokenizer and model do not belong together"
        case .textTooLong(let tokens, let maximum):
            "a text of \(tokens) tokens is longer than the model's \(maximum) positions; set a maximum length of at "
                + "most \(maximum)"
        }
    }

    /// The error in one line, like ``description``.
    public var errorDescription: String? { description }
}
