// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTokenizers

extension TextEncoder {
    /// The embeddings of a stream of texts, in their order.
    ///
    /// ```swift
    /// for try await embedding in model.encode(lines) { print(embedding) }
    /// ```
    /// - Parameters:
    ///   - texts: Any number of texts; reading stays at most one window ahead of the embeddings that are consumed.
    ///   - windowSize: The number of texts encoded together. A larger window uses the processor better; a smaller one
    ///     gives results sooner.
    ///   - options: As for an array; progress counts within a window.
    /// - Returns: One embedding for each text. Iterating throws the errors of `encode`, those of the sequence of texts
    ///   (after the embeddings of the texts that came before), and `CancellationError`.
    public func encode<Texts: AsyncSequence>(
        _ texts: Texts, windowSize: Int = 1024, options: Options = .init()
    ) -> WindowedResults<Texts, Embedding> where Texts.Element == String {
        WindowedResults(texts, windowSize: windowSize) { Self.separate(try self.encode($0, options: options)) }
    }

    /// The embeddings of a stream of queries, in their order.
    public func encodeQuery<Texts: AsyncSequence>(
        _ texts: Texts, windowSize: Int = 1024, options: Options = .init()
    ) -> WindowedResults<Texts, Embedding> where Texts.Element == String {
        encode(texts, windowSize: windowSize, options: self.options(options, for: .query))
    }

    /// The embeddings of a stream of documents, in their order.
    public func encodeDocument<Texts: AsyncSequence>(
        _ texts: Texts, windowSize: Int = 1024, options: Options = .init()
    ) -> WindowedResults<Texts, Embedding> where Texts.Element == String {
        encode(texts, windowSize: windowSize, options: self.options(options, for: .document))
    }
}
