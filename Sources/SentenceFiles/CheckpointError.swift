// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import protocol FoundationEssentials.LocalizedError
#else
    public import protocol Foundation.LocalizedError
#endif

/// An error concerning a file of a model.
///
/// It prints as one line: the file, what failed, what was found and expected, and what to do about it.
public struct CheckpointError: LocalizedError, Sendable, CustomStringConvertible {
    /// The kind of failure; later versions may add kinds.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind, as in `notFound`.
        public let description: String

        /// A file or folder does not exist.
        public static let notFound = Code(description: "notFound")
        /// The system refused to open, map or read a file.
        public static let unreadable = Code(description: "unreadable")
        /// The system refused to write a file.
        public static let unwritable = Code(description: "unwritable")
        /// The bytes of a file violate its format.
        public static let invalidFormat = Code(description: "invalidFormat")
        /// A valid file uses something that this version does not support.
        public static let unsupported = Code(description: "unsupported")
        /// A configuration lacks a key, or its value is of the wrong kind.
        public static let invalidConfig = Code(description: "invalidConfig")
        /// The tensors of a checkpoint do not match those that the model needs.
        public static let mismatch = Code(description: "mismatch")
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, what was found and expected, and the remedy.
    public let message: String
    /// The name of the file, as ``description`` shows it.
    public let file: String?
    /// The underlying error.
    public let cause: (any Error)?

    /// An error of a kind, with its message.
    package init(_ code: Code, file: String? = nil, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.cause = cause
    }

    /// The error in one line.
    public var description: String {
        var line = file.map { "\($0): \(message)" } ?? message
        if let cause { line += " (\(cause.causeDescription))" }
        return line.onOneLine
    }

    /// The error in one line, like ``description``.
    public var errorDescription: String? { description }
}

extension String {
    /// The text with line breaks and control characters escaped.
    ///
    /// Messages quote names from files, and must stay on one line.
    package var onOneLine: String {
        guard unicodeScalars.contains(where: \.breaksLines) else { return self }
        return unicodeScalars.reduce(into: "") { line, scalar in
            line += scalar.breaksLines ? scalar.escaped() : String(scalar)
        }
    }

    /// The text in quotes, shortened to fit in a message.
    package var quoted: String {
        let limit = 80
        let cut = unicodeScalars.count > limit ? String(unicodeScalars.prefix(limit)) + "…" : self
        return "\"\(cut)\""
    }
}

extension Unicode.Scalar {
    fileprivate var breaksLines: Bool {
        properties.generalCategory == .control || value == 0x2028 || value == 0x2029
    }
}
