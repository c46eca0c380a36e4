// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

/// The header of an array in NumPy's format: what its elements are, and where they begin.
///
/// <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>, versions 1 to 3.
package struct NumpyHeader: Sendable, Hashable {
    /// The type of the elements.
    package let elementType: ElementType
    /// The sizes of the dimensions, slowest first.
    package let shape: [Int]
    /// Where the elements begin, in bytes from the beginning of the file.
    package let dataStart: Int

    /// The longest header that is read; NumPy itself refuses more than 10,000 bytes.
    private static let maximumByteCount = 1 << 16

    /// Reads the header of a file, which must have exactly the elements that the header says.
    ///
    /// - Throws: ``CheckpointError`` with code `invalidFormat`, `unsupported` or `unreadable`.
    package init(of file: PlacedFile) throws {
        try self.init(file.name, byteCount: file.byteCount) { try file.bytes($0) }
    }

    /// Reads the header of bytes of which `read` gives those of a range.
    init(_ name: String, byteCount: Int, read: (Range<Int>) throws -> [UInt8]) throws {
        func invalid(_ message: String) -> CheckpointError { CheckpointError(.invalidFormat, file: name, message) }
        let prefix = try read(0..<min(12, byteCount))
        guard prefix.count >= 10, prefix.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw invalid("does not begin as a .npy file")
        }
        guard (1...3).contains(prefix[6]) else {
            throw CheckpointError(
                .unsupported, file: name, "version \(prefix[6]) of the .npy format; expected 1 to 3")
        }
        let sizeBytes = prefix[6] == 1 ? 2 : 4
        let length = prefix[8...].prefix(sizeBytes).reversed().reduce(0) { $0 << 8 | Int($1) }
        dataStart = 8 + sizeBytes + length
        guard length <= Self.maximumByteCount, dataStart <= byteCount else {
            throw invalid("the header claims \(length) bytes of \(byteCount); the file may be incomplete")
        }
        var fields: Fields
        do {
            fields = try Fields(parsing: read(8 + sizeBytes..<dataStart))
        } catch is Fields.Malformed {
            throw invalid("the header is not a description of an array")
        }
        guard !fields.isFortranOrder || fields.shape.count < 2 else {
            throw CheckpointError(
                .unsupported, file: name,
                "the array is stored column by column; save it with numpy.ascontiguousarray")
        }
        guard let type = ElementType.allCases.first(where: { $0.numpyName == fields.type }) else {
            throw CheckpointError(
                .unsupported, file: name,
                "elements of type \(fields.type.quoted); expected little-endian numbers such as '<f4'")
        }
        elementType = type
        shape = fields.shape
        var size = type.byteCount
        for count in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            guard !overflow else { throw invalid("the shape \(shape) has too many elements") }
            size = product
        }
        guard size == byteCount - dataStart else {
            throw invalid(
                "\(type) of shape \(shape) takes \(size) bytes, but \(byteCount - dataStart) follow the header")
        }
    }

    /// The dictionary of the header, a literal of Python.
    private struct Fields {
        struct Malformed: Error {}

        private(set) var type = ""
        private(set) var isFortranOrder = false
        private(set) var shape: [Int] = []
        private var rest: ArraySlice<UInt8>

        init(parsing bytes: [UInt8]) throws {
            rest = bytes[...]
            var missing: Set = ["descr", "fortran_order", "shape"]
            try expect("{")
            while !next("}") {
                let key = try string()
                guard missing.remove(key) != nil else { throw Malformed() }
                try expect(":")
                switch key {
                case "descr": type = try string()
                case "fortran_order": isFortranOrder = try flag()
                default: shape = try sizes()
                }
                if !next(",") {
                    try expect("}")
                    break
                }
            }
            skipSpace()
            guard missing.isEmpty, rest.isEmpty else { throw Malformed() }
        }

        private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x0A } }

        /// Whether `text` comes next, which is then skipped.
        private mutating func next(_ text: String) -> Bool {
            skipSpace()
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }

        private mutating func expect(_ text: String) throws { guard next(text) else { throw Malformed() } }

        private mutating func string() throws -> String {
            let quote = next("'") ? UInt8(ascii: "'") : UInt8(ascii: "\"")
            if quote == UInt8(ascii: "\"") { try expect("\"") }
            guard let end = rest.firstIndex(of: quote) else { throw Malformed() }
            defer { rest = rest[(end + 1)...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }

        private mutating func flag() throws -> Bool {
            if next("True") { return true }
            try expect("False")
            return false
        }

        private mutating func sizes() throws -> [Int] {
            var sizes: [Int] = []
            try expect("(")
            while !next(")") {
                skipSpace()
                let digits = rest.prefix { (0x30...0x39).contains($0) }
                guard let size = Int(String(decoding: digits, as: UTF8.self)) else { throw Malformed() }
                rest = rest.dropFirst(digits.count)
                sizes.append(size)
                if !next(",") {
                    try expect(")")
                    break
                }
            }
            return sizes
        }
    }
}
