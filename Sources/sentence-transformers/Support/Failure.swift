// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An error of the command itself, in one line: what, where, and what to do.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// The error if a cross-encoder is asked for embeddings.
    static let scoresPairs = Failure(
        "the model is a CrossEncoder, which scores pairs of texts and has no embeddings; use rank or predict")
}
