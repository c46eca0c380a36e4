// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels
import Testing

@Suite("Scratch memory")
struct ScratchTests {
    @Test("Attention's grows no faster than the text", arguments: 0..<UInt32(SK_LEVEL_COUNT))
    func attention(level: UInt32) {
        guard let kernels = sk_kernels_at(sk_level(level))?.pointee else { return }
        let precisions = [kernels.attention.0, kernels.attention.1, kernels.attention.2, kernels.attention.3]
        for size in precisions.map(\.pointee.scratch_size) {
            #expect(size(32768, 64) <= 4 * size(8192, 64))
        }
        #expect(kernels.attention_backward_scratch(32768, 64) <= 4 * kernels.attention_backward_scratch(8192, 64))
    }
}
