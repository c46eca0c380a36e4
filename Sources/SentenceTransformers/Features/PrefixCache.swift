// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceEncoders
import SentenceTokenizers
import Synchronization

/// What a causal model computed of the beginnings of texts, kept for later calls up to a number of bytes; those used least
/// recently go first.
///
/// It learns what to keep: a beginning that a text shares with one of the last texts is computed apart and kept.
final class PrefixCache: Sendable {
    /// The number of bytes that it takes at most.
    let byteLimit: Int
    private let state = Mutex(State())

    /// The number of tokens from which on a beginning is kept.
    private static let leastLength = 16
    /// How many of the last texts are remembered.
    private static let recentCount = 8

    /// The beginning of a text, in texts of one task, whose models may differ.
    struct Key: Hashable, Sendable {
        let task: EncodingTask?
        let ids: [Int32]
        let typeIDs: [Int32]

        /// The first tokens of a text.
        init(_ task: EncodingTask?, _ tokens: TokenBatch, text: Int, length: Int) {
            let range = tokens.tokenRange(at: text).prefix(length)
            self.task = task
            ids = Array(tokens.ids[range])
            typeIDs = Array(tokens.typeIDs[range])
        }

        /// How many tokens two texts share from the first on.
        func sharedLength(_ other: Key) -> Int {
            guard task == other.task else { return 0 }
            let pairs = zip(zip(ids, other.ids), zip(typeIDs, other.typeIDs))
            return pairs.prefix { $0.0 == $0.1 && $1.0 == $1.1 }.count
        }
    }

    private struct State {
        var entries: [Key: (prefix: EncodedPrefix, bytes: Int, lastUse: Int)] = [:]
        var byteCount = 0
        var clock = 0
        var recent: [Key] = []

        /// What was kept of exactly these tokens, now used last.
        mutating func use(_ key: Key) -> EncodedPrefix? {
            clock += 1
            entries[key]?.lastUse = clock
            return entries[key]?.prefix
        }
    }

    /// A cache of at most so many bytes.
    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// What was kept of exactly these tokens.
    func prefix(_ key: Key) -> EncodedPrefix? { state.withLock { $0.use(key) } }

    /// The longest beginning of a text that was kept and is shorter than the text.
    func longestPrefix(of text: Key) -> EncodedPrefix? {
        state.withLock { state in
            let known = state.entries.keys.filter { key in
                key.ids.count < text.ids.count && key.sharedLength(text) == key.ids.count
            }
            return known.max { $0.ids.count < $1.ids.count }.flatMap { state.use($0) }
        }
    }

    /// How many tokens a text shares with one of the last texts, leaving one of its own, if they are worth keeping;
    /// remembers the text.
    func lengthToKeep(of text: Key) -> Int? {
        state.withLock { state in
            let shared = state.recent.map { min($0.sharedLength(text), text.ids.count - 1) }.max() ?? 0
            state.recent = state.recent.suffix(Self.recentCount - 1) + [text]
            return shared >= Self.leastLength ? shared : nil
        }
    }

    /// Keeps what was computed of some tokens, which takes the given number of bytes.
    func keep(_ prefix: EncodedPrefix, for key: Key, bytes: Int) {
        guard bytes <= byteLimit else { return }
        state.withLock { state in
            guard state.use(key) == nil else { return }
            state.entries[key] = (prefix, bytes, state.clock)
            state.byteCount += bytes
            while state.byteCount > byteLimit,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.byteCount -= oldest.value.bytes
                state.entries[oldest.key] = nil
            }
        }
    }

    /// The number of bytes that are taken, and the number of beginnings.
    var usage: (bytes: Int, count: Int) { state.withLock { ($0.byteCount, $0.entries.count) } }
}
