// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BaseModel {
    /// The same model, which keeps for later calls what it computes of the beginnings that texts share, such as an
    /// instruction before every query: calls with few texts then take less time.
    ///
    /// Within a call, a causal model (one whose tokens look only at those before them) always computes a shared beginning
    /// once. Results have the same bits in every case. Other models are not changed by this.
    /// - Parameter byteLimit: How many bytes to keep at most; what was used least recently goes first. 0 keeps nothing.
    /// - Returns: The model.
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` for a negative number.
    public func keepingPrefixes(byteLimit: Int) throws -> Self {
        guard byteLimit >= 0 else {
            throw SentenceTransformersError(
                .invalidArgument, "byteLimit is \(byteLimit); expected 0 or a larger number of bytes")
        }
        var pipeline = pipeline
        pipeline.prefixCache = byteLimit == 0 ? nil : PrefixCache(byteLimit: byteLimit)
        return try Self(pipeline: pipeline)
    }

    /// How many bytes are kept of beginnings of texts, and of how many beginnings.
    package var keptPrefixes: (bytes: Int, count: Int) { pipeline.prefixCache?.usage ?? (0, 0) }
}
