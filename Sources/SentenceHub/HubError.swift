// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Why a model could not be found by its name.
///
/// Prints as one line: what failed, where it was looked for, and what to do about it.
public struct HubError: LocalizedError, Sendable, CustomStringConvertible {
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
        /// The Hub has no such model, or shows it to others only.
        public static let notFound = Code(description: "notFound")
        /// The Hub has no such revision of the model.
        public static let revisionNotFound = Code(description: "revisionNotFound")
        /// The model has conditions that the account of the token has not accepted.
        public static let gated = Code(description: "gated")
        /// The token is not one that the Hub accepts.
        public static let unauthorized = Code(description: "unauthorized")
        /// The network may not be used.
        public static let offline = Code(description: "offline")
        /// There is no way to the Hub, or it falls silent.
        public static let unreachable = Code(description: "unreachable")
        /// The certificate of the Hub is not one to trust.
        public static let untrusted = Code(description: "untrusted")
        /// The Hub has a problem, or is asked too often.
        public static let unavailable = Code(description: "unavailable")
        /// The Hub answers something that makes no sense.
        public static let unexpectedAnswer = Code(description: "unexpectedAnswer")
        /// A file arrived with another hash or length than announced.
        public static let wrongContent = Code(description: "wrongContent")
        /// The disk of the cache has no room left.
        public static let diskFull = Code(description: "diskFull")
        /// The system refused to write to the cache.
        public static let unwritable = Code(description: "unwritable")
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

    /// The error in one line, as ``description``.
    public var errorDescription: String? { description }
}
