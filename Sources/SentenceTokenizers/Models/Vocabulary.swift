// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Tokens and their ids.
///
/// The spellings are stored one after another in one run of bytes.
struct Vocabulary: Sendable {
    /// All ids are smaller than this, so that tables by id stay small whatever a file says.
    static let idLimit = 1 << 24

    /// UTF-8 of all spellings.
    private(set) var bytes: [UInt8] = []
    /// Where each entry begins in `bytes`, then where the last one ends.
    private(set) var starts: [UInt32] = [0]
    /// The id of each entry.
    private(set) var ids: [Int32] = []
    /// Finds an entry by its spelling.
    private(set) var table = TokenTable(entries: 0)
    /// The entry of each id, or −1.
    private(set) var entries: [Int32] = []

    /// The number of different spellings.
    var count: Int { table.count }

    /// The largest id, or −1.
    var greatestID: Int { entries.count - 1 }

    init() {}

    /// Builds the tables for the spellings in `bytes`; if there are equal ones, the last is used.
    init(bytes: [UInt8], starts: [UInt32], ids: [Int32]) {
        self.bytes = bytes
        self.starts = starts
        self.ids = ids
        entries = [Int32](repeating: -1, count: Int(ids.max() ?? -1) + 1)
        var table = TokenTable(entries: ids.count)
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for (entry, id) in ids.enumerated() {
                let (start, length) = span(of: entry)
                let hash = TokenTable.hash(base + start, length)
                table.insert(entry, hash) { other in
                    let (otherStart, otherLength) = span(of: other)
                    return otherLength == length && TokenTable.equal(base + otherStart, base + start, length)
                }
                entries[Int(id)] = Int32(entry)
            }
        }
        self.table = table
    }

    /// Where an entry's spelling begins, and its length.
    func span(of entry: Int) -> (start: Int, length: Int) {
        (Int(starts[entry]), Int(starts[entry + 1] - starts[entry]))
    }

    /// The id of a spelling.
    func id(of token: String) -> Int32? {
        var token = token
        return token.withUTF8 { id(ofUTF8: $0) }
    }

    /// The id of a spelling in UTF-8.
    func id(ofUTF8 text: UnsafeBufferPointer<UInt8>) -> Int32? {
        guard let base = text.baseAddress else { return idOfEmpty }
        return bytes.withUnsafeBufferPointer { all in
            guard let allBase = all.baseAddress else { return nil }
            return table.find(TokenTable.hash(base, text.count)) { entry in
                let (start, length) = span(of: entry)
                return length == text.count && TokenTable.equal(allBase + start, base, length)
            }.map { ids[$0] }
        }
    }

    /// The table's first slot for a spelling; see `id(ofUTF8:slot:)`.
    func firstSlot(of text: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        table.firstSlot(TokenTable.hash(text, count))
    }

    /// Like `id(ofUTF8:)`; tries one slot of the table first.
    func id(ofUTF8 text: UnsafeBufferPointer<UInt8>, slot: UInt64) -> Int32? {
        if let entry = TokenTable.entry(slot), let base = text.baseAddress {
            let (start, length) = span(of: entry)
            let isSame =
                length == text.count
                && bytes.withUnsafeBufferPointer { all in
                    all.baseAddress.map { TokenTable.equal($0 + start, base, length) } ?? false
                }
            if isSame { return ids[entry] }
        }
        return id(ofUTF8: text)
    }

    /// Like `id(ofUTF8:)`; tries one id first.
    func id(ofUTF8 text: UnsafeBufferPointer<UInt8>, likely: Int32) -> Int32? {
        if likely >= 0, Int(likely) < entries.count, entries[Int(likely)] >= 0, let base = text.baseAddress {
            let (start, length) = span(of: Int(entries[Int(likely)]))
            let isSame =
                length == text.count
                && bytes.withUnsafeBufferPointer { all in
                    all.baseAddress.map { TokenTable.equal($0 + start, base, length) } ?? false
                }
            if isSame { return likely }
        }
        return id(ofUTF8: text)
    }

    private var idOfEmpty: Int32? {
        (0..<ids.count).last { span(of: $0).length == 0 }.map { ids[$0] }
    }

    /// The spelling of an id.
    func token(of id: Int32) -> String? {
        guard id >= 0, Int(id) < entries.count, entries[Int(id)] >= 0 else { return nil }
        let (start, length) = span(of: Int(entries[Int(id)]))
        return String(decoding: bytes[start..<start + length], as: UTF8.self)
    }

    /// Calls `body` with the spelling of an id; nil if there is none.
    func withSpelling<Result>(of id: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        guard id >= 0, Int(id) < entries.count, entries[Int(id)] >= 0 else { return nil }
        let (start, length) = span(of: Int(entries[Int(id)]))
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<start + length])) }
    }
}
