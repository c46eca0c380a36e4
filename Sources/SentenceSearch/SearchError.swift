// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import protocol FoundationEssentials.LocalizedError
#else
    public import protocol Foundation.LocalizedError
#endif

/// An error in creating, comparing or quantizing vectors.
public struct SearchError: LocalizedError, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure; later versions may add kinds.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// Shapes, indices or ranges contradict each other, or another argument is out of range.
        public static let invalidArgument = Code(description: "invalidArgument")
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, what was found and expected, and what to do.
    public let message: String

    /// An error of a kind, with its message.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The error in one line.
    public var description: String { message }

    /// The error in one line, like ``description``.
    public var errorDescription: String? { description }

    /// Refuses numbers below 1.
    static func requirePositive(_ value: Int, _ name: String) throws {
        guard value > 0 else { throw SearchError(.invalidArgument, "\(name) is \(value); expected a positive number") }
    }
}
