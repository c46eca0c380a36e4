// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import protocol FoundationEssentials.LocalizedError
#else
    public import protocol Foundation.LocalizedError
#endif

/// An error in loading, using or saving a tokenizer.
public struct TokenizerError: LocalizedError, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// A file is missing or cannot be read.
        public static let unreadableFile = Code(description: "unreadableFile")
        /// A file cannot be written.
        public static let unwritableFile = Code(description: "unwritableFile")
        /// A file violates its format.
        public static let malformedFile = Code(description: "malformedFile")
        /// A file uses a component that this version does not support.
        public static let unsupportedComponent = Code(description: "unsupportedComponent")
        /// The parts of a tokenizer contradict each other, for example a template with an unknown token.
        public static let inconsistentTokenizer = Code(description: "inconsistentTokenizer")
        /// A text cannot be truncated to the requested length.
        public static let impossibleTruncation = Code(description: "impossibleTruncation")
        /// A text or a batch is too large for 32-bit offsets.
        public static let textTooLong = Code(description: "textTooLong")
        /// An id is not in the vocabulary.
        public static let unknownID = Code(description: "unknownID")
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, where, what was found and expected, and what to do.
    public let message: String
    /// The file that caused the failure, if a file did.
    public let file: String?
    /// The index of the input that caused the failure, if one of many did.
    public package(set) var inputIndex: Int?

    /// Creates an error.
    public init(_ code: Code, _ message: String, file: String? = nil) {
        self.code = code
        self.message = message
        self.file = file
    }

    /// The message, after the name of the file if there is one.
    public var description: String {
        (file.map { "\($0): " } ?? "") + (inputIndex.map { "input \($0): " } ?? "") + message
    }

    /// The error in one line, like ``description``.
    public var errorDescription: String? { description }
}
