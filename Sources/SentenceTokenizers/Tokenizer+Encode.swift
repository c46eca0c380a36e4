// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Tokenizer {
    /// Encodes one text or pair, with offsets.
    ///
    /// - Throws: `TokenizerError`: `impossibleTruncation`, `textTooLong`.
    public func encode(
        _ text: String, pair: String? = nil, addSpecialTokens: Bool = true, truncation: Truncation? = nil
    ) throws -> Encoding {
        let layout = try Layout(self, isPair: pair != nil, addSpecialTokens, truncation)
        return try pipeline.withWorkspace(keepsSources: true) { work in
            let kept = try work.tokenize(TokenizerInput(text, pair: pair), layout, pipeline)
            for addsPrefixSpace in pipeline.templates.trims {
                work.first.trim(kept.first, text, pipeline.model.vocabulary, addsPrefixSpace)
                work.second.trim(kept.second, pair ?? "", pipeline.model.vocabulary, addsPrefixSpace)
            }
            var encoding = Encoding()
            encoding.untruncatedCount = kept.untruncatedCount
            for piece in layout.pieces {
                switch piece {
                case .special(let ids, let typeID):
                    for id in ids where addSpecialTokens {
                        encoding.append(id, typeID, 0..<0, nil)
                    }
                case .sequence(0, let typeID):
                    encoding.append(work.first, kept.first, typeID, 0)
                case .sequence(let sequence, let typeID):
                    encoding.append(work.second, kept.second, typeID, sequence)
                }
            }
            encoding.tokens = encoding.ids.map { token(of: $0) ?? "" }
            return encoding
        }
    }

    /// Encodes texts and pairs into one flat run of tokens.
    ///
    /// This is the fast path: no offsets, no strings, and the first text of a pair is tokenized once for all
    /// consecutive pairs that share it.
    ///
    /// - Throws: `TokenizerError`: `impossibleTruncation`, `textTooLong`.
    public func encode(
        _ inputs: some Collection<TokenizerInput>, addSpecialTokens: Bool = true, truncation: Truncation? = nil
    ) throws -> TokenBatch {
        try pipeline.withWorkspace(keepsSources: false) { work in
            var batch = TokenBatch()
            batch.offsets.reserveCapacity(inputs.count + 1)
            batch.untruncatedCounts.reserveCapacity(inputs.count)
            var single: Layout?
            var pair: Layout?
            var previous: TokenizerInput?
            for input in inputs {
                let layout: Layout
                if input.pair == nil {
                    layout = try single ?? Layout(self, isPair: false, addSpecialTokens, truncation)
                    single = layout
                } else {
                    layout = try pair ?? Layout(self, isPair: true, addSpecialTokens, truncation)
                    pair = layout
                }
                let kept = try work.tokenize(input, after: previous, layout, pipeline)
                previous = input
                for piece in layout.pieces {
                    switch piece {
                    case .special(let ids, let typeID):
                        guard addSpecialTokens else { continue }
                        batch.ids.append(contentsOf: ids)
                        batch.typeIDs.append(contentsOf: repeatElement(typeID, count: ids.count))
                    case .sequence(0, let typeID):
                        batch.append(work.first, kept.first, typeID)
                    case .sequence(_, let typeID):
                        batch.append(work.second, kept.second, typeID)
                    }
                }
                guard let end = Int32(exactly: batch.ids.count), let before = Int32(exactly: kept.untruncatedCount)
                else {
                    throw TokenizerError(
                        .textTooLong,
                        "a batch of more than \(Int32.max) tokens is too large; encode fewer texts at once")
                }
                batch.offsets.append(end)
                batch.untruncatedCounts.append(before)
            }
            return batch
        }
    }
}

/// What all texts, or all pairs, of one call share.
private struct Layout {
    let pieces: [TemplatePiece]
    let truncation: Truncation?
    let specialTokenCount: Int

    init(
        _ tokenizer: Tokenizer, isPair: Bool, _ addSpecialTokens: Bool, _ truncation: Truncation?
    ) throws(TokenizerError) {
        let templates = tokenizer.pipeline.templates
        pieces = templates.pieces(isPair: isPair, addsSpecialTokens: addSpecialTokens)
        specialTokenCount = addSpecialTokens ? templates.specialTokenCount(isPair: isPair) : 0
        self.truncation = truncation
        if let truncation, truncation.maxLength < specialTokenCount {
            throw TokenizerError(
                .impossibleTruncation,
                "cannot cut a \(isPair ? "pair" : "text") to a length of \(truncation.maxLength): its special tokens "
                    + "alone are \(specialTokenCount); allow at least that many")
        }
    }
}

extension Workspace {
    /// The tokens that remain after truncation.
    fileprivate struct Kept {
        var first: Range<Int>
        var second: Range<Int>
        var untruncatedCount: Int
    }

    /// Tokenizes both texts and determines which of their tokens remain.
    ///
    /// The first text's tokens are reused if the previous input in this workspace had the same first text.
    fileprivate func tokenize(
        _ input: TokenizerInput, after previous: TokenizerInput? = nil, _ layout: Layout, _ pipeline: Pipeline
    ) throws(TokenizerError) -> Kept {
        if !(previous?.hasFirstText(of: input) ?? false) { try pipeline.tokenize(input.text, into: &first, self) }
        second.removeAll()
        if let pair = input.pair { try pipeline.tokenize(pair, into: &second, self) }
        var kept = Kept(
            first: 0..<first.count, second: 0..<second.count,
            untruncatedCount: first.count + second.count + layout.specialTokenCount)
        if let truncation = layout.truncation {
            let counts = try truncation.kept(
                first: first.count, second: input.pair == nil ? nil : second.count,
                limit: truncation.maxLength - layout.specialTokenCount)
            switch truncation.direction {
            case .right:
                kept.first = 0..<counts.first
                kept.second = 0..<counts.second
            case .left:
                kept.first = first.count - counts.first..<first.count
                kept.second = second.count - counts.second..<second.count
            }
        }
        return kept
    }
}

extension TokenizerInput {
    /// Whether the first texts have the same bytes: equal strings may still differ in their normal forms.
    fileprivate func hasFirstText(of other: TokenizerInput) -> Bool { text.utf8.elementsEqual(other.text.utf8) }
}

extension TokenBatch {
    fileprivate mutating func append(_ run: borrowing TokenRun, _ range: Range<Int>, _ typeID: Int32) {
        ids.append(contentsOf: UnsafeBufferPointer(start: run.ids.base + range.lowerBound, count: range.count))
        typeIDs.append(contentsOf: repeatElement(typeID, count: range.count))
    }
}

extension Encoding {
    fileprivate mutating func append(_ id: Int32, _ typeID: Int32, _ range: Range<Int>, _ sequence: Int?) {
        ids.append(id)
        typeIDs.append(typeID)
        offsets.append(range)
        sequenceIDs.append(sequence)
        specialTokensMask.append(sequence == nil)
    }

    fileprivate mutating func append(
        _ run: borrowing TokenRun, _ range: Range<Int>, _ typeID: Int32, _ sequence: Int
    ) {
        for index in range {
            append(run.ids[index], typeID, Int(run.starts[index])..<Int(run.ends[index]), sequence)
        }
    }
}

extension TokenRun {
    /// Removes white space at the ends of tokens from their offsets.
    fileprivate mutating func trim(
        _ kept: Range<Int>, _ text: String, _ vocabulary: Vocabulary, _ addsPrefixSpace: Bool
    ) {
        var text = text
        text.withUTF8 { buffer in
            guard let base = buffer.baseAddress else { return }
            for index in kept {
                let found = spaces[index] ?? vocabulary.withSpelling(of: ids[index], WhiteSpace.atEnds)
                guard let found, found.leading > 0 || found.trailing > 0 else { continue }
                let range = WhiteSpace.trim(
                    Int(starts[index])..<Int(ends[index]), base, found, isFirst: index == kept.lowerBound,
                    addsPrefixSpace: addsPrefixSpace)
                starts[index] = Int32(range.lowerBound)
                ends[index] = Int32(range.upperBound)
            }
        }
    }
}
