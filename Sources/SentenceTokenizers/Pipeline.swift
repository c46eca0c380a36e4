// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// All parts of a tokenizer, in the order in which a text passes them.
///
/// Does not change after loading.
final class Pipeline: Sendable {
    let normalizer: (any Normalizer)?
    let preTokenizer: (any PreTokenizer)?
    let model: any Model
    let added: AddedVocabulary
    let templates: Templates
    let decoder: (any TokenDecoder)?

    init(
        normalizer: (any Normalizer)?, preTokenizer: (any PreTokenizer)?, model: any Model, added: AddedVocabulary,
        templates: Templates, decoder: (any TokenDecoder)?
    ) {
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
        self.model = model
        self.added = added
        self.templates = templates
        self.decoder = decoder
    }

    /// Memory that is used again for every text.
    struct Scratch: ~Copyable {
        var text: NormalizedText
        var words = GrowingBuffer<WordRange>(capacity: 512)

        init(keepsSources: Bool) {
            text = NormalizedText(keepsSources: keepsSources)
        }
    }

    /// Texts are shorter than this, so that no normalization can outgrow 32-bit offsets.
    static let textLimit = 1 << 29

    /// Replaces the tokens in `run` by those of a text.
    func tokenize(_ text: String, into run: inout TokenRun, _ scratch: inout Scratch) throws(TokenizerError) {
        run.removeAll()
        var text = text
        let isTooLong = text.withUTF8 { buffer -> Bool in
            guard let base = buffer.baseAddress, !buffer.isEmpty else { return false }
            if buffer.count >= Self.textLimit { return true }
            if added.originalTrie.isEmpty {
                tokenizePiece(base, 0..<buffer.count, &run, &scratch)
            } else {
                added.split(base, buffer.count, added.originalTrie) { piece in
                    if let id = piece.id {
                        run.append(id, piece.range)
                    } else {
                        tokenizePiece(base, piece.range, &run, &scratch)
                    }
                }
            }
            return false
        }
        if isTooLong {
            throw TokenizerError(
                .textTooLong, "a text of \(text.utf8.count) bytes is too long; split it below \(Self.textLimit)")
        }
    }

    private func tokenizePiece(
        _ original: UnsafePointer<UInt8>, _ range: Range<Int>, _ run: inout TokenRun, _ scratch: inout Scratch
    ) {
        if let normalizer {
            normalizer.normalize(original, range, into: &scratch.text)
        } else {
            scratch.text.set(original, range)
        }
        let before = run.count
        let (bytes, count) = (UnsafePointer(scratch.text.bytes.base), scratch.text.count)
        if added.normalizedTrie.isEmpty {
            tokenizeWords(bytes, 0..<count, &run, &scratch.words)
        } else {
            added.split(bytes, count, added.normalizedTrie) { piece in
                if let id = piece.id {
                    run.append(id, piece.range)
                } else {
                    tokenizeWords(bytes, piece.range, &run, &scratch.words)
                }
            }
        }
        guard run.keepsSources else { return }
        for index in before..<run.count {
            let source = scratch.text.source(Int(run.starts[index])..<Int(run.ends[index]))
            run.starts[index] = Int32(source.lowerBound)
            run.ends[index] = Int32(source.upperBound)
        }
    }

    private func tokenizeWords(
        _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ run: inout TokenRun,
        _ words: inout GrowingBuffer<WordRange>
    ) {
        guard !range.isEmpty else { return }
        let piece = WordRange(start: Int32(range.lowerBound), end: Int32(range.upperBound))
        words.removeAll()
        if let preTokenizer {
            preTokenizer.split(bytes, piece, into: &words)
        } else {
            words.append(piece)
        }
        model.tokenize(bytes, words, into: &run)
    }
}
