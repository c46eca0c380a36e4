// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernelChecks
import CSentenceKernels
import Testing

/// A table of kernels to test: a level of this machine, or the shape of a level that it may lack.
struct KernelTable: CustomTestStringConvertible, Sendable {
    let level: sk_level?
    let width: Int
    var testDescription: String { pointer.map { String(cString: $0.pointee.name) } ?? "none" }

    var pointer: UnsafePointer<sk_kernels>? { level.map { sk_kernels_at($0) } ?? skc_shape(width) }

    /// Every level that this machine runs, and the tiles of NEON and AVX-512 through its own instructions.
    static let all: [KernelTable] =
        ((0..<UInt32(SK_LEVEL_COUNT)).map { KernelTable(level: sk_level($0), width: 0) }
        + [4, 16].map { KernelTable(level: nil, width: $0) }).filter { $0.pointer != nil }
}

@Suite("Kernels against the portable level")
struct KernelTests {
    @Test("Every kernel agrees", arguments: KernelTable.all, 0..<skc_count())
    func agrees(table: KernelTable, check: Int) throws {
        let kernels = try #require(table.pointer)
        var message = [CChar](repeating: 0, count: 512)
        let holds = skc_run(check, kernels, &message, message.count)
        let text = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        #expect(holds, "\(String(cString: skc_name(check))): \(text)")
    }

    @Test("The chosen level is one that the machine has")
    func best() {
        let best = sk_kernels_best()
        #expect(sk_kernels_at(best.pointee.level) == best)
    }
}
