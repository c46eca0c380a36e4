// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// All parts of a tokenizer, in the order in which they are applied.
///
/// Immutable after loading.
final class Pipeline: Sendable {
    let normalizer: (any Normalizer)?
    let preTokenizer: (any PreTokenizer)?
    let model: any Model
    let added: AddedVocabulary
    let templates: Templates
    let decoder: (any TokenDecoder)?
    let workspaces = WorkspacePool()
    /// Whether the pre-tokenizer needs to know where the text comes from, which requires keeping sources.
    private let alwaysKeepsSources: Bool

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
        let isSequence = preTokenizer is PreTokenizerSequence
        alwaysKeepsSources = (preTokenizer?.needsSources ?? false) && (normalizer != nil || isSequence)
    }

    /// The length limit of texts, so that no normalization can exceed 32-bit offsets.
    static let textLimit = 1 << 26

    /// Calls `body` with reusable memory.
    func withWorkspace<Result>(keepsSources: Bool, _ body: (Workspace) throws -> Result) rethrows -> Result {
        let workspace = workspaces.take(keepsSources: keepsSources || alwaysKeepsSources)
        defer { workspaces.giveBack(workspace) }
        return try body(workspace)
    }

    /// Replaces the tokens in `run` by those of a text.
    func tokenize(_ text: String, into run: inout TokenRun, _ workspace: Workspace) throws(TokenizerError) {
        run.removeAll()
        guard text.utf8.count < Self.textLimit else {
            throw TokenizerError(
                .textTooLong, "a text of \(text.utf8.count) bytes is too long; split it below \(Self.textLimit)")
        }
        var text = text
        text.withUTF8 { buffer in
            guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
            added.split(base, buffer.count, added.originalTrie) { piece in
                if let id = piece.id {
                    append(id, base, piece.range, &run)
                } else {
                    tokenizePiece(base, piece.range, &run, workspace)
                }
            }
        }
        if let failure = run.failure { throw failure }
    }

    /// Appends an added token, with the white space that belongs to it.
    private func append(_ id: Int32, _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ run: inout TokenRun) {
        if run.keepsSources, !templates.trims.isEmpty {
            run.spaces[run.count] = WhiteSpace.atEnds(
                of: UnsafeBufferPointer(
                    rebasing: UnsafeBufferPointer(
                        start: bytes + range.lowerBound, count: range.count)[...]))
        }
        run.append(id, range)
    }

    private func tokenizePiece(
        _ original: UnsafePointer<UInt8>, _ range: Range<Int>, _ run: inout TokenRun, _ workspace: Workspace
    ) {
        if let normalizer {
            normalizer.normalize(original, range, into: &workspace.words.text)
        } else {
            workspace.words.text.set(original, range)
        }
        let count = workspace.words.text.count
        if run.failure == nil { run.failure = workspace.words.text.failure }
        guard count > 0, run.failure == nil else { return }
        if added.normalizedTrie.firstMatch(workspace.words.text.bytes.base, in: 0..<count) == nil {
            tokenizeWords(&run, workspace)
            return
        }
        swap(&workspace.words.text, &workspace.normalized)
        added.split(workspace.normalized.bytes.base, count, added.normalizedTrie) { piece in
            if let id = piece.id {
                append(id, workspace.normalized.bytes.base, piece.range, &run)
                run.setSource(of: run.count - 1, workspace.normalized)
            } else {
                workspace.words.text.set(workspace.normalized, piece.range)
                tokenizeWords(&run, workspace)
            }
        }
    }

    private func tokenizeWords(_ run: inout TokenRun, _ workspace: Workspace) {
        workspace.words.join()
        preTokenizer?.apply(to: &workspace.words)
        if let failure = workspace.words.text.failure {
            if run.failure == nil { run.failure = failure }
            return
        }
        let before = run.count
        model.tokenize(workspace.words, into: &run, &workspace.memory)
        guard run.keepsSources else { return }
        if !templates.trims.isEmpty, let unknownID = model.unknownTextID {
            for index in before..<run.count where run.ids[index] == unknownID {
                let (start, end) = (Int(run.starts[index]), Int(run.ends[index]))
                run.spaces[index] = WhiteSpace.atEnds(
                    of: UnsafeBufferPointer(start: workspace.words.text.bytes.base + start, count: end - start))
            }
        }
        for index in before..<run.count { run.setSource(of: index, workspace.words.text) }
    }
}

extension TokenRun {
    /// Converts the position of a token in a normalized text to its position in the original.
    fileprivate mutating func setSource(of index: Int, _ text: borrowing NormalizedText) {
        guard keepsSources else { return }
        let source = text.source(Int(starts[index])..<min(Int(ends[index]), text.count))
        starts[index] = Int32(source.lowerBound)
        ends[index] = Int32(source.upperBound)
    }
}
