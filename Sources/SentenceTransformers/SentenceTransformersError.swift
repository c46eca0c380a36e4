// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import protocol FoundationEssentials.LocalizedError
#else
    public import protocol Foundation.LocalizedError
#endif

/// An error of loading or using a model.
public struct SentenceTransformersError: LocalizedError, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure; later versions may add kinds.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// A folder does not hold a model that this type can load.
        public static let unsupportedModel = Code(description: "unsupportedModel")
        /// The modules of a model do not fit together.
        public static let mismatchedModules = Code(description: "mismatchedModules")
        /// A prompt's name, a length, a dimension or another argument is out of range.
        public static let invalidArgument = Code(description: "invalidArgument")
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, what was found and expected, and what to do.
    public let message: String
    /// The index of the input that caused the failure, if one of many did.
    public package(set) var inputIndex: Int?
    /// The actual kind of the model, if it was loaded as another.
    package let foundKind: ModelKind?

    /// An error with the given code and message.
    package init(_ code: Code, _ message: String, foundKind: ModelKind? = nil) {
        self.code = code
        self.message = message
        self.foundKind = foundKind
    }

    /// - Throws: An error with code `invalidArgument` for a number below 1.
    static func requirePositive(_ number: Int?, _ name: String) throws {
        guard let number, number < 1 else { return }
        throw Self(.invalidArgument, "\(name) is \(number); expected a positive number")
    }

    /// The error in one line.
    public var description: String { (inputIndex.map { "input \($0): " } ?? "") + message }

    /// The error in one line, as ``description``.
    public var errorDescription: String? { description }
}
