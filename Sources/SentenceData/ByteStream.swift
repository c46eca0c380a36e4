// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The bytes of a file or stream as they arrive, decompressed if they are gzip, whatever the name says.
final class ByteStream {
    /// The name of the stream in messages.
    let name: String
    /// The bytes received; those from ``position`` on have not been consumed.
    private(set) var bytes: [UInt8] = []
    /// The reader's position in ``bytes``.
    var position = 0
    /// The number of the line at ``position``, starting at 1.
    var line = 1

    private let source: Source
    private let meter: ReadMeter?
    private let onStall: () -> Void
    private let chunk: UnsafeMutableRawBufferPointer
    private var inflater: GzipInflater?
    private var hasBegun = false
    private var isAtEnd = false
    /// The place of the first of ``bytes`` among all bytes of the source.
    private var base = 0

    /// Where the bytes come from.
    private enum Source {
        /// A descriptor that is read to its end, and whether it is closed then.
        case descriptor(Int32, closes: Bool)
        /// A file up to a place.
        case file(OpenFile, end: Int)
        /// Nowhere: all of them are here.
        case memory
    }

    private static let chunkSize = 1 << 17

    /// Opens a file or standard input.
    ///
    /// - Parameters:
    ///   - path: The file, or nil for standard input.
    ///   - meter: Counts the bytes read.
    ///   - onStall: Called before a read that has to wait.
    /// - Throws: ``DataError`` if the file cannot be opened.
    init(path: String?, meter: ReadMeter? = nil, onStall: @escaping () -> Void = {}) throws {
        name = path ?? "standard input"
        self.meter = meter
        self.onStall = onStall
        let descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else {
            throw DataError("cannot open \(name): \(SystemError.last)")
        }
        source = .descriptor(descriptor, closes: path != nil)
        chunk = .allocate(byteCount: Self.chunkSize, alignment: 16)
    }

    /// Reads a part of a file, as it stands there.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - range: The part.
    ///   - line: The number of the line on which it begins.
    init(_ file: OpenFile, _ range: Range<Int>, line: Int = 1) {
        name = file.name
        meter = nil
        onStall = {}
        source = .file(file, end: range.upperBound)
        chunk = .allocate(byteCount: min(range.count, Self.chunkSize), alignment: 16)
        base = range.lowerBound
        hasBegun = true
        self.line = line
    }

    /// Bytes in memory, as if read from a file of that name, from a line on.
    init(_ bytes: [UInt8], name: String, line: Int) {
        self.name = name
        self.bytes = bytes
        self.line = line
        meter = nil
        onStall = {}
        source = .memory
        chunk = .allocate(byteCount: 0, alignment: 16)
        hasBegun = true
    }

    deinit {
        chunk.deallocate()
        if case .descriptor(let descriptor, closes: true) = source { close(descriptor) }
    }

    /// The place of ``position`` among all bytes of the source, after decompression.
    var offset: Int { base + position }

    /// The bytes received but not consumed.
    var rest: ArraySlice<UInt8> { bytes[position...] }

    /// Skips the byte order mark that some programs put before UTF-8.
    ///
    /// - Throws: ``DataError`` for a UTF-16 byte order mark.
    func skipByteOrderMark() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        // Waits for no more bytes than necessary, since a person may be typing.
        while bytes.count < mark.count, mark.starts(with: bytes) || bytes == [0xFF] || bytes == [0xFE], try fill() {}
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw DataError(
                "\(name) is UTF-16, as its byte order mark says; convert it to UTF-8, for example with iconv")
        }
        if bytes.starts(with: mark) {
            bytes.removeFirst(mark.count)
            base += mark.count
        }
    }

    /// Waits for more bytes; false at the end.
    ///
    /// - Throws: ``DataError`` if reading fails, or gzip data is damaged or ends early.
    func fill() throws -> Bool {
        if position > 0 {
            bytes.removeSubrange(..<position)
            base += position
            position = 0
        }
        let before = bytes.count
        if !hasBegun { try begin() }
        while bytes.count == before {
            guard let inflater else {
                let count = try read()
                bytes.append(contentsOf: chunk[..<count])
                return count > 0
            }
            if inflater.needsInput {
                let count = try read()
                guard count > 0 else {
                    if inflater.isComplete { return false }
                    throw DataError("\(name): the gzip data ends early; the file is incomplete, get it again")
                }
                inflater.give(UnsafeMutableRawBufferPointer(rebasing: chunk[..<count]))
            }
            try inflater.unpack(into: &bytes, limit: chunk.count)
        }
        return true
    }

    /// Examines the first bytes, which show whether the data are gzip.
    private func begin() throws {
        hasBegun = true
        var count = 0
        while count < GzipInflater.magic.count, GzipInflater.magic.starts(with: chunk[..<count]),
            case let more = try read(after: count), more > 0
        { count += more }
        guard chunk[..<count].starts(with: GzipInflater.magic) else { return bytes.append(contentsOf: chunk[..<count]) }
        let inflater = try GzipInflater(name)
        inflater.give(UnsafeMutableRawBufferPointer(rebasing: chunk[..<count]))
        self.inflater = inflater
    }

    /// Reads into the chunk; 0 at the end.
    private func read(after offset: Int = 0) throws -> Int {
        if isAtEnd { return 0 }
        let room = UnsafeMutableRawBufferPointer(rebasing: chunk[offset...])
        let count =
            switch source {
            case .memory: 0
            case .file(let file, let end):
                try file.read(room, from: base + bytes.count, upTo: end)
            case .descriptor(let descriptor, _): try wait(for: descriptor, room)
            }
        meter?.add(count)
        // A terminal would otherwise wait for another end of input.
        isAtEnd = count == 0
        return count
    }

    /// Reads from a descriptor, waiting until there is something.
    private func wait(for descriptor: Int32, _ room: UnsafeMutableRawBufferPointer) throws -> Int {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&state, 1, 0) == 0 { onStall() }
        while true {
            #if canImport(Darwin)
                let count = Darwin.read(descriptor, room.baseAddress, room.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, room.baseAddress, room.count)
            #else
                let count = Glibc.read(descriptor, room.baseAddress, room.count)
            #endif
            if count >= 0 { return count }
            if errno == EAGAIN {
                // A terminal or socket that another program has made non-blocking.
                _ = poll(&state, 1, -1)
            } else if errno != EINTR {
                throw DataError("cannot read \(name): \(SystemError.last)")
            }
        }
    }
}
