// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Why a model could not be found or downloaded.
///
/// It prints as one line: what failed, where, and what to do about it.
public struct HubError: LocalizedError, Sendable, CustomStringConvertible {
    /// The kind of failure; later versions may add kinds.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind, as in `notCached`.
        public let description: String

        /// The name or the revision is malformed.
        public static let invalidName = Code(description: "invalidName")
        /// The path leads to a file instead of a folder.
        public static let notAFolder = Code(description: "notAFolder")
        /// The path does not exist.
        public static let noSuchFolder = Code(description: "noSuchFolder")
        /// The model is not in the cache.
        public static let notCached = Code(description: "notCached")
        /// The model is in the cache, but not in the requested revision.
        public static let revisionNotCached = Code(description: "revisionNotCached")
        /// The model is in the cache, but incomplete.
        public static let incomplete = Code(description: "incomplete")
        /// The Hub has no such model, or it is private.
        public static let notFound = Code(description: "notFound")
        /// The Hub has no such revision of the model.
        public static let revisionNotFound = Code(description: "revisionNotFound")
        /// The model has terms of use that the token's account has not accepted.
        public static let gated = Code(description: "gated")
        /// The Hub does not accept the token.
        public static let unauthorized = Code(description: "unauthorized")
        /// Use of the network is switched off.
        public static let offline = Code(description: "offline")
        /// The Hub cannot be reached, or does not respond.
        public static let unreachable = Code(description: "unreachable")
        /// The Hub's certificate is not trusted.
        public static let untrusted = Code(description: "untrusted")
        /// The Hub has an internal error, or limits the rate of requests.
        public static let unavailable = Code(description: "unavailable")
        /// The Hub's response makes no sense.
        public static let unexpectedAnswer = Code(description: "unexpectedAnswer")
        /// A downloaded file does not have the announced hash or length.
        public static let wrongContent = Code(description: "wrongContent")
        /// The disk of the cache is full.
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
        // Names come from outside and may contain anything, but a message is one line.
        message.unicodeScalars.reduce(into: "") { line, scalar in
            let category = scalar.properties.generalCategory
            let breaksLine = category == .control || category == .lineSeparator || category == .paragraphSeparator
            line.unicodeScalars.append(breaksLine ? " " : scalar)
        }
    }

    /// The error in one line, like ``description``.
    public var errorDescription: String? { description }
}
