// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// Scaled dot-product attention of every text with itself: softmax(Q Kᵀ scale) V for each head.
    ///
    /// Vaswani et al., *Attention Is All You Need*, 2017, <https://arxiv.org/abs/1706.03762>.
    ///
    /// The tensor holds query, key and value side by side, `[totalTokens, 3 * heads * headSize]`.
    /// - Returns: `[totalTokens, heads * headSize]`.
    package func attention(_ texts: TextOffsets, heads: Int, scale: Float) -> Tensor {
        precondition(rows == texts.totalTokens && columns % (3 * heads) == 0, "\(shape) is not 3 × \(heads) heads")
        let hiddenSize = columns / 3
        let qkv = detached
        let isRecorded = node != nil
        // One number for each head and token, for the backward pass.
        let logSums = Tensor(shape: isRecorded ? [heads, rows] : [0]) { _ in }
        let out = Tensor(shape: [rows, hiddenSize]) { out in
            withExtendedLifetime((qkv.storage, logSums.storage)) {
                nonisolated(unsafe) let logSumPointer =
                    isRecorded ? UnsafeMutablePointer(mutating: logSums.pointer) : nil
                // Every head of every text writes its own part of the result.
                nonisolated(unsafe) let outPointer = out.baseAddress!
                let precision = Execution.current.precision
                HeadLoop(qkv, texts, heads: heads, scale: scale).forEach { head, kernels in
                    let attention = precision.entry(kernels.attention).pointee
                    var arguments = head.arguments(
                        out: outPointer, logSums: logSumPointer.map { $0 + head.index * qkv.rows })
                    BufferPool.shared.withBytes(attention.scratch_size(head.length, head.size)) { scratch in
                        arguments.scratch = scratch
                        attention.attend(&arguments)
                    }
                }
            }
        }
        return out.recorded(from: [node]) { dOut in
            [Self.attentionGradient(qkv, out, logSums, dOut, texts, heads: heads, scale: scale)]
        }
    }

    private static func attentionGradient(
        _ qkv: Tensor, _ out: Tensor, _ logSums: Tensor, _ dOut: Tensor, _ texts: TextOffsets, heads: Int, scale: Float
    ) -> Tensor {
        Tensor(shape: qkv.shape) { dQKV in
            withExtendedLifetime((qkv.storage, out.storage, logSums.storage, dOut.storage)) {
                nonisolated(unsafe) let gradient = dQKV.baseAddress!
                HeadLoop(qkv, texts, heads: heads, scale: scale).forEach { head, kernels in
                    let logSum = UnsafeMutablePointer(mutating: logSums.pointer) + head.index * qkv.rows
                    let forward = head.arguments(out: UnsafeMutablePointer(mutating: out.pointer), logSums: logSum)
                    let scratchSize = kernels.attention_backward_scratch(head.length, head.size) * 4
                    BufferPool.shared.withBytes(scratchSize) { scratch in
                        var arguments = sk_attention_backward_f32(
                            forward: forward, d_out: dOut.pointer + head.outOffset, d_out_stride: out.columns,
                            d_q: gradient + head.inOffset, d_k: gradient + head.inOffset + out.columns,
                            d_v: gradient + head.inOffset + 2 * out.columns,
                            scratch: scratch.assumingMemoryBound(to: Float.self))
                        kernels.attention_backward_f32(&arguments)
                    }
                }
            }
        }
    }
}

/// One head of one text.
private struct Head {
    let index: Int
    let first: Int
    let length: Int
    let size: Int
    let qkv: Tensor
    let scale: Float

    var hiddenSize: Int { qkv.columns / 3 }
    var inOffset: Int { first * qkv.columns + index * size }
    var outOffset: Int { first * hiddenSize + index * size }

    func arguments(out: UnsafeMutablePointer<Float>, logSums: UnsafeMutablePointer<Float>?) -> sk_attention {
        let q = qkv.pointer + inOffset
        return sk_attention(
            q: q, k: q + hiddenSize, v: q + 2 * hiddenSize, q_stride: qkv.columns, k_stride: qkv.columns,
            v_stride: qkv.columns, out: out + outOffset, out_stride: hiddenSize,
            log_sum_exp: logSums.map { $0 + first }, scratch: out, length: length, head_size: size, scale: scale)
    }
}

/// All heads of all texts, over the threads.
private struct HeadLoop {
    let qkv: Tensor
    let texts: TextOffsets
    let heads: Int
    let scale: Float

    init(_ qkv: Tensor, _ texts: TextOffsets, heads: Int, scale: Float) {
        self.qkv = qkv
        self.texts = texts
        self.heads = heads
        self.scale = scale
    }

    func forEach(_ body: @escaping @Sendable (Head, sk_kernels) -> Void) {
        let kernels = Execution.current.kernels
        Parallel.forRanges(texts.count * heads, grain: 4) { range in
            for index in range {
                let tokens = texts[index / heads]
                guard !tokens.isEmpty else { continue }
                let head = Head(
                    index: index % heads, first: tokens.lowerBound, length: tokens.count,
                    size: qkv.columns / (3 * heads), qkv: qkv, scale: scale)
                body(head, kernels.table.pointee)
            }
        }
    }
}
