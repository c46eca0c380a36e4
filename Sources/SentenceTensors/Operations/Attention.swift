// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// How attention cuts its input into heads, what a query sees, and what distances add to its scores.
package struct AttentionShape: Sendable {
    /// The number of query heads.
    package var heads: Int
    /// The number of heads of keys and of values, each shared by as many neighbouring query heads.
    package var keyValueHeads: Int
    /// Multiplied with the products of queries and keys; positive.
    package var scale: Float
    /// How many tokens before its own a query sees; nil: all.
    package var left: Int?
    /// How many tokens behind its own a query sees; nil: all.
    package var right: Int?
    /// Added to the scores, `[heads, 2 * longest - 1]`: column longest - 1 + j - i counts for query i and key j of
    /// texts of up to `longest` tokens.
    package var relativeBias: Tensor?

    package init(
        heads: Int, keyValueHeads: Int? = nil, scale: Float, left: Int? = nil, right: Int? = nil,
        relativeBias: Tensor? = nil
    ) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads ?? heads
        self.scale = scale
        self.left = left
        self.right = right
        self.relativeBias = relativeBias
    }
}

extension Tensor {
    /// Scaled dot-product attention of every text with itself: softmax(Q Kᵀ scale + bias) V for each head.
    ///
    /// Vaswani et al., *Attention Is All You Need*, 2017, <https://arxiv.org/abs/1706.03762>; shared keys and values:
    /// Ainslie et al., *GQA*, 2023, <https://arxiv.org/abs/2305.13245>.
    ///
    /// The tensor holds query, key and value heads side by side, `[totalTokens, (heads + 2 * keyValueHeads) * headSize]`.
    /// - Returns: `[totalTokens, heads * headSize]`.
    package func attention(_ texts: TextOffsets, _ shape: AttentionShape) -> Tensor {
        let loop = HeadLoop(detached, texts, shape)
        let (qkv, heads) = (loop.qkv, shape.heads)
        let inputs = [node, shape.relativeBias?.node]
        let isRecorded = inputs.contains { $0 != nil }
        // One number for each head and token, for the backward pass.
        let logSums = Tensor(shape: isRecorded ? [heads, rows] : [0]) { _ in }
        let out = Tensor(shape: [rows, heads * loop.headSize]) { out in
            withExtendedLifetime((qkv.storage, logSums.storage, shape.relativeBias?.storage)) {
                nonisolated(unsafe) let logSumPointer =
                    isRecorded ? UnsafeMutablePointer(mutating: logSums.pointer) : nil
                // Every head of every text writes its own part of the result.
                nonisolated(unsafe) let outPointer = out.baseAddress!
                let precision = Execution.current.precision
                loop.forEach { head, kernels in
                    let attention = precision.entry(kernels.attention).pointee
                    var arguments = loop.arguments(head, out: outPointer, logSums: logSumPointer)
                    BufferPool.shared.withBytes(attention.scratch_size(head.length, loop.headSize)) { scratch in
                        arguments.scratch = scratch
                        attention.attend(&arguments)
                    }
                }
            }
        }
        return out.recorded(from: inputs) { dOut in loop.gradients(out, logSums, dOut) }
    }
}

/// One query head of one text.
private struct Head {
    let text: Int
    let index: Int
    let first: Int
    let length: Int
}

/// All heads of all texts, over the threads.
private struct HeadLoop: Sendable {
    let qkv: Tensor
    let texts: TextOffsets
    let shape: AttentionShape
    let headSize: Int
    let longest: Int

    init(_ qkv: Tensor, _ texts: TextOffsets, _ shape: AttentionShape) {
        let parts = shape.heads + 2 * shape.keyValueHeads
        precondition(
            qkv.rows == texts.totalTokens && qkv.columns % parts == 0 && shape.heads % shape.keyValueHeads == 0,
            "\(qkv.shape) is not \(shape.heads) + 2 × \(shape.keyValueHeads) heads")
        self.qkv = qkv
        self.texts = texts
        self.shape = shape
        headSize = qkv.columns / parts
        longest = shape.relativeBias.map { ($0.columns + 1) / 2 } ?? 0
        precondition(
            shape.relativeBias.map { $0.rows == shape.heads } ?? true
                && (longest == 0 || (0..<texts.count).allSatisfy { texts[$0].count <= longest }),
            "a bias of \(longest) tokens is too short")
    }

    /// Query heads that share keys and values.
    var groupSize: Int { shape.heads / shape.keyValueHeads }
    var outColumns: Int { shape.heads * headSize }

    func keyOffset(_ head: Head) -> Int { (shape.heads + head.index / groupSize) * headSize }
    func valueOffset(_ head: Head) -> Int { keyOffset(head) + shape.keyValueHeads * headSize }

    func arguments(
        _ head: Head, out: UnsafeMutablePointer<Float>, logSums: UnsafeMutablePointer<Float>?
    ) -> sk_attention {
        let row = qkv.pointer + head.first * qkv.columns
        let bias = shape.relativeBias.map { $0.pointer + head.index * $0.columns + longest - 1 }
        return sk_attention(
            q: row + head.index * headSize, k: row + keyOffset(head), v: row + valueOffset(head),
            q_stride: qkv.columns, k_stride: qkv.columns, v_stride: qkv.columns,
            out: out + head.first * outColumns + head.index * headSize, out_stride: outColumns,
            log_sum_exp: logSums.map { $0 + head.index * qkv.rows + head.first }, scratch: out, length: head.length,
            head_size: headSize, scale: shape.scale, left: shape.left ?? .max, right: shape.right ?? .max,
            relative_bias: bias, query_terms: nil, key_terms: nil, term_stride: 0, term_positions: nil)
    }

    /// Calls `body` for every head of every text, those that share keys and values on one thread in ascending order.
    func forEach(_ body: @escaping @Sendable (Head, sk_kernels) -> Void) {
        let kernels = Execution.current.kernels
        Parallel.forRanges(texts.count * shape.keyValueHeads, grain: max(1, 4 / groupSize)) { range in
            for unit in range {
                let (text, group) = (unit / shape.keyValueHeads, unit % shape.keyValueHeads)
                let tokens = texts[text]
                guard !tokens.isEmpty else { continue }
                for index in group * groupSize..<(group + 1) * groupSize {
                    let head = Head(text: text, index: index, first: tokens.lowerBound, length: tokens.count)
                    body(head, kernels.table.pointee)
                }
            }
        }
    }

    /// The gradients of the heads and of the bias.
    func gradients(_ out: Tensor, _ logSums: Tensor, _ dOut: Tensor) -> [Tensor?] {
        // Every text has its own gradient of the bias, so that they are added in a fixed order.
        let dBiases = shape.relativeBias.map { Tensor.zeros([texts.count * $0.rows, $0.columns]) }
        let dQKV = Tensor.zeros(qkv.shape)
        withExtendedLifetime((qkv.storage, out.storage, logSums.storage, dOut.storage, shape.relativeBias?.storage)) {
            // Heads that share keys and values, whose gradients they add up, run on one thread.
            nonisolated(unsafe) let gradient = UnsafeMutablePointer(mutating: dQKV.pointer)
            nonisolated(unsafe) let dBias = dBiases.map { UnsafeMutablePointer(mutating: $0.pointer) }
            forEach { head, kernels in
                let forward = arguments(
                    head, out: UnsafeMutablePointer(mutating: out.pointer),
                    logSums: UnsafeMutablePointer(mutating: logSums.pointer))
                let (row, table) = (gradient + head.first * qkv.columns, head.text * shape.heads + head.index)
                let scratchSize = kernels.attention_backward_scratch(head.length, headSize) * 4
                BufferPool.shared.withBytes(scratchSize) { scratch in
                    var arguments = sk_attention_backward_f32(
                        forward: forward, d_out: dOut.pointer + head.first * outColumns + head.index * headSize,
                        d_out_stride: outColumns, d_q: row + head.index * headSize, d_k: row + keyOffset(head),
                        d_v: row + valueOffset(head),
                        d_relative_bias: dBias.map { $0 + table * (2 * longest - 1) + longest - 1 },
                        d_query_terms: nil, d_key_terms: nil, scratch: scratch.assumingMemoryBound(to: Float.self))
                    kernels.attention_backward_f32(&arguments)
                }
            }
        }
        return [dQKV, dBiases.map { sumOverTexts($0) }]
    }

    private func sumOverTexts(_ biases: Tensor) -> Tensor {
        let kernels = Execution.current.kernels.table.pointee
        let count = shape.heads * biases.columns
        return Tensor(shape: [shape.heads, biases.columns]) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime(biases.storage) {
                for text in 0..<texts.count {
                    kernels.add_f32(out.baseAddress!, out.baseAddress!, biases.pointer + text * count, count)
                }
            }
        }
    }
}
