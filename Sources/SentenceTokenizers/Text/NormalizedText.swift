// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A piece of text being normalized: its bytes, and for each byte where it comes from.
///
/// The sources follow the reference's rules: a scalar that replaces another one has its range; an inserted scalar has
/// the range of the scalar consumed last.
struct NormalizedText: ~Copyable {
    /// The current text, valid UTF-8.
    private(set) var bytes = GrowingBuffer<UInt8>(capacity: 4096)
    /// The start of each byte's source in the original text; empty unless sources are kept.
    private(set) var starts = GrowingBuffer<Int32>(capacity: 1)
    /// The end of each byte's source in the original text; empty unless sources are kept.
    private(set) var ends = GrowingBuffer<Int32>(capacity: 1)
    /// Whether sources are kept.
    let keepsSources: Bool
    /// Where the piece begins in the original text.
    private(set) var origin = 0

    /// The first error while the text was being changed.
    private(set) var failure: TokenizerError?

    /// The length limit of the text: more than any step of a real file needs, and small enough for 32 bits.
    ///
    /// A step that turns one byte into a limited number of bytes calls `canGrow` once; a step whose growth depends on a
    /// file checks the limit while it writes. Texts begin below `Pipeline.textLimit`, so no single step can exceed the
    /// limit, but several in a row could.
    private(set) var sizeLimit: Int

    /// The largest length to which a text of `count` bytes may grow.
    static func sizeLimit(of count: Int) -> Int { min(1 << 30, 1 << 16 + 64 * count) }

    /// How many bytes after the end can be read, so that loops may read eight at a time.
    static let padding = 16

    init(keepsSources: Bool) {
        self.keepsSources = keepsSources
        sizeLimit = Self.sizeLimit(of: 0)
    }

    var count: Int { bytes.count }

    /// Clears the text, with room for `capacity` bytes.
    mutating func clear(reserving capacity: Int, origin: Int, sizeLimit: Int) {
        self.origin = origin
        self.sizeLimit = sizeLimit
        failure = nil
        bytes.removeAll()
        bytes.reserve(capacity + Self.padding)
        starts.removeAll()
        ends.removeAll()
    }

    /// Sets the text to a part of the original.
    mutating func set(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) {
        clear(reserving: range.count, origin: range.lowerBound, sizeLimit: Self.sizeLimit(of: range.count))
        bytes.append(from: text + range.lowerBound, count: range.count)
        guard keepsSources else { return }
        var index = range.lowerBound
        while index < range.upperBound {
            let length = UTF8Scalars.decode(text, index).count
            for _ in 0..<length {
                starts.append(Int32(index))
                ends.append(Int32(index + length))
            }
            index += length
        }
    }

    /// Sets the text to a part of another one.
    mutating func set(_ other: borrowing NormalizedText, _ range: Range<Int>) {
        clear(reserving: range.count, origin: other.origin, sizeLimit: other.sizeLimit)
        append(other, range)
        pad()
    }

    /// Appends a part of another text, with its sources.
    mutating func append(_ other: borrowing NormalizedText, _ range: Range<Int>) {
        bytes.append(from: other.bytes.base + range.lowerBound, count: range.count)
        guard keepsSources else { return }
        starts.append(from: other.starts.base + range.lowerBound, count: range.count)
        ends.append(from: other.ends.base + range.lowerBound, count: range.count)
    }

    /// Records an error, unless there is one already.
    mutating func fail(_ error: TokenizerError) {
        if failure == nil { failure = error }
    }

    /// Records that the text would become too long.
    mutating func failAsTooLong() {
        // Called again for everything else that does not fit.
        guard failure == nil else { return }
        fail(
            TokenizerError(
                .textTooLong, "a text grows beyond \(sizeLimit) bytes when normalized; the tokenizer's file makes it so"
            ))
    }

    /// Whether the text stays within the limit if each byte becomes `factor` bytes; records an error if not.
    mutating func canGrow(by factor: Int) -> Bool {
        if failure == nil, count >= sizeLimit / factor { failAsTooLong() }
        return failure == nil
    }

    /// Appends bytes that all have the source of one byte of another text.
    ///
    /// Files can use this to make texts much longer, so it checks the limit.
    mutating func append(_ added: [UInt8], sourceOf index: Int, in other: borrowing NormalizedText) {
        guard bytes.count + added.count < sizeLimit else {
            failAsTooLong()
            return
        }
        for byte in added { append(byte, sourceOf: index, in: other) }
    }

    /// Appends a byte that has the source of a byte of another text.
    mutating func append(_ byte: UInt8, sourceOf index: Int, in other: borrowing NormalizedText) {
        bytes.append(byte)
        guard keepsSources else { return }
        starts.append(other.starts[index])
        ends.append(other.ends[index])
    }

    /// Appends a byte without a source, at the very beginning.
    mutating func appendWithoutSource(_ byte: UInt8) {
        bytes.append(byte)
        guard keepsSources else { return }
        starts.append(Int32(origin))
        ends.append(Int32(origin))
    }

    /// Rewrites the text: `body` appends to the new text.
    mutating func rewrite(_ body: (borrowing NormalizedText, inout NormalizedText) -> Void) {
        var result = NormalizedText(keepsSources: keepsSources)
        result.clear(reserving: count, origin: origin, sizeLimit: sizeLimit)
        if let failure { result.fail(failure) }
        body(self, &result)
        // Copied bytes have not been checked above.
        if result.count >= sizeLimit { result.failAsTooLong() }
        result.pad()
        self = result
    }

    /// Removes everything except a part.
    mutating func keep(_ range: Range<Int>) {
        rewrite { $1.append($0, range) }
    }

    /// Ensures that bytes after the end can be read.
    mutating func pad() {
        bytes.reserve(Self.padding)
    }

    /// Makes room for more bytes.
    mutating func reserve(_ additional: Int) {
        bytes.reserve(additional + Self.padding)
    }

    /// Appends an ASCII byte that comes from the one byte at `source`; room must have been reserved.
    mutating func appendASCII(_ byte: UInt8, source: Int) {
        bytes.appendReserved(byte)
        if keepsSources {
            starts.append(Int32(source))
            ends.append(Int32(source + 1))
        }
    }

    /// Appends a scalar that comes from the bytes `start..<end` of the original text.
    mutating func append(_ scalar: UInt32, start: Int32, end: Int32) {
        let length: Int
        switch scalar {
        case ..<0x80:
            bytes.append(UInt8(truncatingIfNeeded: scalar))
            length = 1
        case ..<0x800:
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 6 | 0xC0))
            length = 2
        case ..<0x1_0000:
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 12 | 0xE0))
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F | 0x80))
            length = 3
        default:
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 18 | 0xF0))
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 12 & 0x3F | 0x80))
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F | 0x80))
            length = 4
        }
        if length > 1 { bytes.append(UInt8(truncatingIfNeeded: scalar & 0x3F | 0x80)) }
        guard keepsSources else { return }
        for _ in 0..<length {
            starts.append(start)
            ends.append(end)
        }
    }

    /// The range in the original text for a range of bytes, by the reference's rule.
    func source(_ range: Range<Int>) -> Range<Int> {
        guard keepsSources, !range.isEmpty else { return 0..<0 }
        let start = Int(starts[range.lowerBound])
        return start..<max(start, Int(ends[range.upperBound - 1]))
    }

    /// Where the source of a byte begins in the original text.
    ///
    /// Without sources this is only correct if the text has not been changed.
    func originalStart(_ index: Int) -> Int {
        keepsSources ? Int(starts[index]) : origin + index
    }

    /// Whether all bytes are ASCII.
    var isASCII: Bool {
        var all: UInt8 = 0
        for index in 0..<bytes.count { all |= bytes[index] }
        return all < 0x80
    }

    /// Maps ASCII bytes in place; only for texts that are ASCII.
    mutating func mapASCII(_ map: (UInt8) -> UInt8) {
        for index in 0..<bytes.count { bytes[index] = map(bytes[index]) }
    }
}
