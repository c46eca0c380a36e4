// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceTransformers

/// Collects JSON lines and writes them a megabyte at a time.
struct LineWriter {
    private static let capacity = 1 << 20

    private var bytes: [UInt8] = []
    private let sink: (UnsafeRawBufferPointer) throws -> Void

    init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.sink = sink
        bytes.reserveCapacity(Self.capacity + 1 << 16)
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    /// Appends a string in quotes.
    mutating func append(string: String) { append(JSONText.string(string)) }

    /// Appends numbers with the digits that are needed to read them back exactly; null for NaN and infinities.
    mutating func append(_ numbers: some Sequence<Float>) {
        append(list: numbers) { $0.append(number: $1) }
    }

    /// Appends a number with the digits that are needed to read it back exactly; null for NaN and infinities.
    mutating func append(number: Float) { append(number.isFinite ? number.description : "null") }

    mutating func append(_ numbers: some Sequence<some BinaryInteger>) {
        append(list: numbers) { $0.append($1.description) }
    }

    /// Appends the rows of a matrix as an array of arrays.
    mutating func append(_ matrix: Matrix) {
        append(list: 0..<matrix.rows) { $0.append(matrix[$1]) }
    }

    /// Appends an array of whatever `appendElement` appends.
    mutating func append<Element>(
        list elements: some Sequence<Element>, _ appendElement: (inout LineWriter, Element) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            appendElement(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func endLine() throws {
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count >= Self.capacity { try flush() }
    }

    /// Writes what has been collected.
    mutating func flush() throws {
        try bytes.withUnsafeBytes(sink)
        bytes.removeAll(keepingCapacity: true)
    }
}
