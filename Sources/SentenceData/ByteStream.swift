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

    private let descriptor: Int32
    private let closesDescriptor: Bool
    private let meter: ReadMeter?
    private let onStall: () -> Void
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    private var inflater: GzipInflater?
    private var hasBegun = false
    private var isAtEnd = false

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
        closesDescriptor = path != nil
        descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else {
            throw DataError("cannot open \(name): \(SystemError.last)")
        }
    }

    deinit {
        chunk.deallocate()
        if closesDescriptor { close(descriptor) }
    }

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
        if bytes.starts(with: mark) { bytes.removeFirst(mark.count) }
    }

    /// Waits for more bytes; false at the end.
    ///
    /// - Throws: ``DataError`` if reading fails, or gzip data is damaged or ends early.
    func fill() throws -> Bool {
        if position > 0 {
            bytes.removeSubrange(..<position)
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
            if count >= 0 {
                meter?.add(count)
                // A terminal would otherwise wait for another end of input.
                isAtEnd = count == 0
                return count
            }
            if errno == EAGAIN {
                // A terminal or socket that another program has made non-blocking.
                _ = poll(&state, 1, -1)
            } else if errno != EINTR {
                throw DataError("cannot read \(name): \(SystemError.last)")
            }
        }
    }
}
