// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTokenizers

extension TextEncoder {
    /// The embeddings of texts that come one by one, in their order.
    ///
    /// ```swift
    /// for try await embedding in model.encode(lines) { print(embedding) }
    /// ```
    /// - Parameters:
    ///   - texts: Any number of texts; read no further than one window ahead of the embeddings that are taken.
    ///   - windowSize: Texts that are encoded together. More make better use of the processor, fewer come earlier.
    ///   - options: As for an array; progress counts within a window.
    /// - Returns: One embedding for each text. Iterating throws what `encode` and the texts throw, the latter after the
    ///   embeddings of the texts before, and `CancellationError`.
    public func encode<Texts: AsyncSequence>(
        _ texts: Texts, windowSize: Int = 1024, options: Options = .init()
    ) -> WindowedResults<Texts, Embedding> where Texts.Element == String {
        WindowedResults(texts, windowSize: windowSize) { Self.separate(try self.encode($0, options: options)) }
    }

    /// `encodeQuery` of texts that come one by one, in their order.
    public func encodeQuery<Texts: AsyncSequence>(
        _ texts: Texts, windowSize: Int = 1024, options: Options = .init()
    ) -> WindowedResults<Texts, Embedding> where Texts.Element == String {
        encode(texts, windowSize: windowSize, options: self.options(options, for: .query))
    }

    /// `encodeDocument` of texts that come one by one, in their order.
    public func encodeDocument<Texts: AsyncSequence>(
        _ texts: Texts, windowSize: Int = 1024, options: Options = .init()
    ) -> WindowedResults<Texts, Embedding> where Texts.Element == String {
        encode(texts, windowSize: windowSize, options: self.options(options, for: .document))
    }
}
