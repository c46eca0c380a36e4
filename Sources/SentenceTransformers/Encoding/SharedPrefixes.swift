// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceEncoders
import SentenceTensors
import SentenceTokenizers

/// What a causal model computed of the tokens that texts of a call begin with, once for all of them: an instruction, a
/// chat template, a query that stands before many documents.
package struct SharedPrefixes: Sendable {
    /// For each text what was computed of its first tokens; empty if nothing was of any.
    private let prefixes: [EncodedPrefix?]

    /// What computing a prefix apart costs, in tokens: a pass over few rows reads all weights.
    private static let cost = 64
    /// How many bytes the prefixes of a call take at most.
    private static let byteLimit = 256 << 20
    /// Which part of the work of a token its keys and values cost, when they are put before those of another text.
    private static let copyingShare = 16

    /// Of how many texts at most a call looks for what earlier calls kept.
    private static let fewTexts = 16

    /// Finds the prefixes that pay, and computes those that are not kept.
    ///
    /// - Throws: `EncoderError` if an id is beyond the embedding tables.
    package init(_ input: InputBatch, _ route: ModelRoute, _ call: ForwardCall) throws {
        try self.init(input, route, call, keeping: nil, LongCall())
    }

    init(
        _ input: InputBatch, _ route: ModelRoute, _ call: ForwardCall, keeping cache: PrefixCache?,
        _ longCall: LongCall
    ) throws {
        guard let transformer = route.input as? Transformer, transformer.sharesPrefixes(call),
            input.count > (cache == nil ? 1 : 0), case .tokens(let tokens) = input
        else {
            prefixes = []
            return
        }
        let encoder = transformer.encoder, bytesPerToken = encoder.spec.prefixBytesPerToken
        func key(_ text: Int, _ length: Int) -> PrefixCache.Key {
            PrefixCache.Key(call.task, tokens, text: text, length: length)
        }
        let compute: @Sendable (PrefixCache.Key) throws -> EncodedPrefix = { key in
            if let known = cache?.prefix(key) { return known }
            let prefix = try encoder.prefix(ids: key.ids, typeIDs: key.typeIDs)
            cache?.keep(prefix, for: key, bytes: key.ids.count * bytesPerToken)
            return prefix
        }
        let texts = (0..<input.count).filter {
            encoder.spec.hasSamePositions(inTextsOf: input.length(of: $0), and: 1)
        }
        var room = Self.byteLimit / max(1, bytesPerToken)
        // The largest gains first.
        let groups = tokens.prefixGroups(of: texts, cost: Self.cost)
            .sorted { ($1.gain, $0.texts[0]) < ($0.gain, $1.texts[0]) }
            .filter { group in
                guard group.length <= room else { return false }
                room -= group.length
                return true
            }
        let keys = groups.map { key($0.texts[0], $0.length) }
        let encoded = ResultList<EncodedPrefix>(count: groups.count)
        try Parallel.forEach(
            groups.count,
            throwing: { index in
                try longCall.check()
                encoded[index] = try compute(keys[index])
            })
        var prefixes = [EncodedPrefix?](repeating: nil, count: input.count)
        for (group, prefix) in zip(groups, encoded.all) { for text in group.texts { prefixes[text] = prefix } }
        if let cache, input.count <= Self.fewTexts {
            for text in texts where prefixes[text] == nil {
                let whole = key(text, input.length(of: text)), length = cache.lengthToKeep(of: whole)
                prefixes[text] =
                    try cache.longestPrefix(of: whole) ?? length.map { try compute(key(text, $0)) }
            }
        }
        self.prefixes = prefixes.contains { $0 != nil } ? prefixes : []
    }

    /// What was computed of the first tokens of the given texts, one for each; nil if nothing was of any.
    func of(_ texts: [Int]) -> [EncodedPrefix?]? { prefixes.isEmpty ? nil : texts.map { prefixes[$0] } }

    /// The number of tokens that need not be computed again, of all texts.
    package var tokenCount: Int { prefixes.reduce(0) { $0 + ($1?.count ?? 0) } }

    /// The work that is left for a text of the given length, in tokens.
    func work(_ text: Int, length: Int) -> Int {
        guard !prefixes.isEmpty, let prefix = prefixes[text] else { return length }
        return length - prefix.count + prefix.count / Self.copyingShare
    }
}
