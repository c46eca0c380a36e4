// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import CSentenceKernels

/// The kernels of one instruction-set level.
///
/// `@unchecked Sendable`: the pointer refers to a constant table in the program's image.
package struct KernelSet: @unchecked Sendable {
    /// The C function table.
    package let table: UnsafePointer<sk_kernels>

    /// The name of the level, such as "portable", "neon", "avx2", "avx512-vnni" or "amx".
    package var name: String { String(cString: table.pointee.name) }

    /// The fastest kernels of this machine, or those that the environment variable `SENTENCE_KERNELS` names.
    package static let best = KernelSet(table: sk_kernels_best())

    /// The kernels of every level that this machine has, slowest first.
    package static let available: [KernelSet] =
        (0..<SK_LEVEL_COUNT).compactMap { sk_kernels_at(sk_level(UInt32($0))) }.map(KernelSet.init(table:))

    /// The environment variable that forces a lower level.
    package static let environmentVariable = "SENTENCE_KERNELS"
}
