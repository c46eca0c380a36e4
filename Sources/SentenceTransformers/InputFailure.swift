// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTokenizers

/// An error that can name the input that caused it.
package protocol InputFailure: Error {
    /// The index of the input, if one of many caused the error.
    var inputIndex: Int? { get set }
}

extension TokenizerError: InputFailure {}
extension SentenceTransformersError: InputFailure {}

/// Runs work on a part of some inputs, and makes the input index of an error relative to all inputs.
///
/// - Parameters:
///   - first: The index of the part's first input among all inputs.
///   - body: The work.
/// - Returns: What the work returns.
/// - Throws: What the work throws.
package func withInputs<R>(from first: Int, _ body: () throws -> R) throws -> R {
    do { return try body() } catch var error as any InputFailure {
        error.inputIndex = error.inputIndex.map { $0 + first }
        throw error
    }
}
