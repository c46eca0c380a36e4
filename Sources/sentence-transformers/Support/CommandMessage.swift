// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceTransformers

/// A message of the library, with the option or verb by which a user of the command can follow its advice.
struct CommandMessage: CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
        switch error {
        case let error as DataError: description = CommandMessage(error.message).description
        case let error as SentenceTransformersError:
            description = "\(error)" + (error.foundKind.map { ", or by the commands for it: \($0.verbs)" } ?? "")
        default: description = "\(error)"
        }
    }

    init(_ message: DataMessage) {
        let formats = message.formats.map(\.rawValue).joined(separator: "|")
        description = message.text + (formats.isEmpty ? "" : " (--input-format \(formats))")
    }
}

extension ModelKind {
    /// The verbs for models of the kind.
    fileprivate var verbs: String {
        switch self {
        case .crossEncoder: "rank, predict"
        case .sentenceTransformer, .sparseEncoder, .multiVectorEncoder: "encode, similarity"
        }
    }
}
