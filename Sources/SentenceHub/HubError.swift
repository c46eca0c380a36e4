// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a model could not be found by its name.
///
/// Prints as one line: what failed, where it was looked for, and what to do about it.
public struct HubError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind, as in `notCached`.
        public let description: String

        /// The name or the revision breaks the rules for names.
        public static let invalidName = Code(description: "invalidName")
        /// The path leads to a file where a folder is needed.
        public static let notAFolder = Code(description: "notAFolder")
        /// The path leads to nothing.
        public static let noSuchFolder = Code(description: "noSuchFolder")
        /// The model is not in the cache.
        public static let notCached = Code(description: "notCached")
        /// The model is in the cache, but not in the revision asked for.
        public static let revisionNotCached = Code(description: "revisionNotCached")
        /// The model is in the cache, but not all of it.
        public static let incomplete = Code(description: "incomplete")
    }

    /// The kind of failure.
    public let code: Code
    /// What failed, where, and the remedy.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The error in one line.
    public var description: String {
        // Names come from outside and may hold anything; a message is one line.
        message.unicodeScalars.reduce(into: "") { line, scalar in
            let category = scalar.properties.generalCategory
            let breaksLine = category == .control || category == .lineSeparator || category == .paragraphSeparator
            line.unicodeScalars.append(breaksLine ? " " : scalar)
        }
    }
}
