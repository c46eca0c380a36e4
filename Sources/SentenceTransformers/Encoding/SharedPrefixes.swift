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

    /// Finds the prefixes that pay, and computes them.
    ///
    /// - Throws: `EncoderError` if an id is beyond the embedding tables.
    package init(
        _ input: InputBatch, _ route: ModelRoute, _ call: ForwardCall, _ cancellation: Cancellation = .init()
    ) throws {
        guard let transformer = route.input as? Transformer, transformer.sharesPrefixes(call), input.count > 1,
            case .tokens(let tokens) = input
        else {
            prefixes = []
            return
        }
        let spec = transformer.encoder.spec
        let texts = (0..<input.count).filter { spec.hasSamePositions(inTextsOf: input.length(of: $0), and: 1) }
        var room = Self.byteLimit / max(1, spec.prefixBytesPerToken)
        // The largest gains first.
        let groups = tokens.prefixGroups(of: texts, cost: Self.cost)
            .sorted { ($1.gain, $0.texts[0]) < ($0.gain, $1.texts[0]) }
            .filter { group in
                guard group.length <= room else { return false }
                room -= group.length
                return true
            }
        let encoded = ResultList<EncodedPrefix>(count: groups.count)
        try Parallel.forEach(
            groups.count,
            throwing: { index in
                try cancellation.check()
                let range = tokens.tokenRange(at: groups[index].texts[0]).prefix(groups[index].length)
                encoded[index] = try transformer.encoder.prefix(
                    ids: Array(tokens.ids[range]), typeIDs: Array(tokens.typeIDs[range]))
            })
        var prefixes = [EncodedPrefix?](repeating: nil, count: groups.isEmpty ? 0 : input.count)
        for (group, prefix) in zip(groups, encoded.all) { for text in group.texts { prefixes[text] = prefix } }
        self.prefixes = prefixes
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
