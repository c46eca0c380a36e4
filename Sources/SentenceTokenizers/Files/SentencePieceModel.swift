// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A SentencePiece model file, as far as the reference uses it.
struct SentencePieceModel: Sendable {
    /// A token of the file.
    struct Piece: Sendable {
        var text: [UInt8] = []
        var score: Float = 0
        /// 1 is an ordinary piece, 3 a control token, 4 a user-defined token.
        var kind = 1
    }

    private(set) var pieces: [Piece] = []
    private(set) var characterMap: [UInt8] = []

    init(_ data: Data) throws(TokenizerError) {
        var failure: TokenizerError?
        data.withUnsafeBytes { raw in
            do throws(TokenizerError) {
                try read(raw.assumingMemoryBound(to: UInt8.self))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard !pieces.isEmpty else {
            throw TokenizerError(.malformedFile, "is not a SentencePiece model: it has no pieces")
        }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(TokenizerError) {
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            guard case .bytes(let message) = value else { continue }
            switch number {
            case 1:
                pieces.append(try Self.piece(message))
                guard pieces.count < Vocabulary.idLimit else {
                    throw TokenizerError(
                        .malformedFile, "has more pieces than \(Vocabulary.idLimit), which is the limit")
                }
            case 3:
                var specification = ProtobufReader(message)
                while let (number, value) = try specification.next() {
                    if number == 2, case .bytes(let map) = value { characterMap = Array(map) }
                }
            default: continue
            }
        }
    }

    private static func piece(_ message: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Piece {
        var piece = Piece()
        var reader = ProtobufReader(message)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .bytes(let text)): piece.text = Array(text)
            case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
            case (3, .varint(let kind)): piece.kind = Int(truncatingIfNeeded: kind)
            default: continue
            }
        }
        guard String(validating: piece.text, as: UTF8.self) != nil else {
            throw TokenizerError(.malformedFile, "has a piece that is not valid UTF-8")
        }
        return piece
    }

    /// Control tokens and user-defined tokens, which are searched for in texts.
    var addedTokens: [AddedToken] {
        pieces.filter { $0.kind == 3 || $0.kind == 4 }.map { piece in
            var token = AddedToken(String(decoding: piece.text, as: UTF8.self), isSpecial: piece.kind == 3)
            token.isNormalized = false
            return token
        }
    }

    /// The vocabulary with scores, as a class arranges it.
    func scored(_ arrangement: PieceArrangement) -> (vocabulary: Vocabulary, scores: [Double]) {
        var bytes: [UInt8] = []
        var starts: [UInt32] = [0]
        var scores: [Double] = []
        func add(_ text: some Sequence<UInt8>, _ score: Double) {
            bytes.append(contentsOf: text)
            starts.append(UInt32(truncatingIfNeeded: bytes.count))
            scores.append(score)
        }
        for (text, score) in arrangement.front { add(text.utf8, score) }
        for piece in pieces.dropFirst(arrangement.skipped) { add(piece.text, Double(piece.score)) }
        for (text, score) in arrangement.back { add(text.utf8, score) }
        return (Vocabulary(bytes: bytes, starts: starts, ids: scores.indices.map(Int32.init)), scores)
    }

    /// The vocabulary with merges: all ways to join two pieces into a third, in the order of the pieces.
    func merged() throws(TokenizerError) -> (vocabulary: Vocabulary, merges: MergeList) {
        var bytes: [UInt8] = []
        var starts: [UInt32] = [0]
        for piece in pieces {
            bytes.append(contentsOf: piece.text)
            starts.append(UInt32(truncatingIfNeeded: bytes.count))
            // Every position where a piece can be split is tried, so long pieces would take very long.
            guard piece.text.count <= Self.longestPiece else {
                throw TokenizerError(
                    .malformedFile,
                    "has a piece of \(piece.text.count) bytes; a model with merges may have \(Self.longestPiece) at most"
                )
            }
        }
        let vocabulary = Vocabulary(bytes: bytes, starts: starts, ids: pieces.indices.map(Int32.init))
        var merges = MergeList()
        for (id, piece) in pieces.enumerated() where Int(vocabulary.id(ofBytes: piece.text) ?? -1) == id {
            var cuts: [Int] = []
            for cut in piece.text.indices.dropFirst() where piece.text[cut] & 0xC0 != 0x80 { cuts.append(cut) }
            for cut in cuts {
                let (left, right) = (Array(piece.text[..<cut]), Array(piece.text[cut...]))
                guard vocabulary.id(ofBytes: left) != nil, vocabulary.id(ofBytes: right) != nil else { continue }
                merges.append { $0 += left }
                merges.append { $0 += right }
            }
        }
        return (vocabulary, merges)
    }

    /// The vocabulary with the tokens of `front` before all others.
    func vocabulary(after front: [String]) -> Vocabulary {
        var bytes: [UInt8] = []
        var starts: [UInt32] = [0]
        var seen: Set<[UInt8]> = []
        for token in front.map({ Array($0.utf8) }) + pieces.map(\.text) where seen.insert(token).inserted {
            bytes += token
            starts.append(UInt32(truncatingIfNeeded: bytes.count))
        }
        return Vocabulary(bytes: bytes, starts: starts, ids: starts.indices.dropLast().map(Int32.init))
    }

    private static let longestPiece = 256
}

extension Vocabulary {
    /// The id of a spelling in UTF-8.
    func id(ofBytes text: [UInt8]) -> Int32? {
        text.withUnsafeBufferPointer { id(ofUTF8: $0) }
    }
}
