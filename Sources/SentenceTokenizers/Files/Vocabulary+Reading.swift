// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Vocabulary {
    /// Reads an object that maps tokens to ids.
    static func read(_ cursor: inout JSONCursor) throws -> Vocabulary {
        var bytes: [UInt8] = []
        var starts: [UInt32] = [0]
        var ids: [Int32] = []
        bytes.reserveCapacity(1 << 18)
        starts.reserveCapacity(1 << 15)
        ids.reserveCapacity(1 << 15)
        var object = JSONList.object
        while try cursor.next(in: &object) {
            try cursor.string(into: &bytes)
            try cursor.expect(":")
            let id = try cursor.natural()
            guard id < idLimit else {
                let token = String(decoding: bytes[Int(starts[ids.count])...], as: UTF8.self)
                throw TokenizerError(
                    .malformedFile, "model.vocab gives \"\(token)\" the id \(id); ids must be below \(idLimit)")
            }
            starts.append(UInt32(truncatingIfNeeded: bytes.count))
            ids.append(Int32(id))
        }
        return Vocabulary(bytes: bytes, starts: starts, ids: ids)
    }

    /// Reads a `vocab.txt`: one token per line; the id is the line number, starting at 0.
    static func read(vocabularyText data: Data) throws(TokenizerError) -> Vocabulary {
        guard String(validating: data, as: UTF8.self) != nil else {
            throw TokenizerError(.malformedFile, "is not valid UTF-8", file: "vocab.txt")
        }
        var bytes: [UInt8] = []
        var starts: [UInt32] = [0]
        var ids: [Int32] = []
        bytes.reserveCapacity(data.count)
        data.withUnsafeBytes { raw in
            let buffer = raw.assumingMemoryBound(to: UInt8.self)
            guard let base = buffer.baseAddress else { return }
            var start = 0
            while start < buffer.count, ids.count < idLimit {
                var end = start
                while end < buffer.count, buffer[end] != 0x0A { end += 1 }
                var trimmed = end
                while trimmed > start {
                    let (scalar, length) = UTF8Scalars.decodeLast(base, before: trimmed)
                    guard ScalarProperties(scalar).isWhitespace else { break }
                    trimmed -= length
                }
                bytes.append(contentsOf: buffer[start..<trimmed])
                starts.append(UInt32(truncatingIfNeeded: bytes.count))
                ids.append(Int32(ids.count))
                start = end + 1
            }
        }
        return Vocabulary(bytes: bytes, starts: starts, ids: ids)
    }
}
