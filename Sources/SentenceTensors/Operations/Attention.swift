// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// How attention divides its input into heads, which keys a query sees, and what distances add to its scores.
package struct AttentionShape: Sendable {
    /// The number of query heads.
    package var heads: Int
    /// The number of key heads and of value heads, each shared by equally many neighbouring query heads.
    package var keyValueHeads: Int
    /// The factor on the products of queries and keys; positive.
    package var scale: Float
    /// How many tokens before its own a query sees; nil for all.
    package var left: Int?
    /// How many tokens after its own a query sees; nil for all.
    package var right: Int?
    /// Added to the scores, `[heads, 2 * longest - 1]`: column longest - 1 + j - i is for query i and key j, in texts
    /// of up to `longest` tokens.
    package var relativeBias: Tensor?
    /// The vectors for distances that queries and keys are compared with.
    package var positions: DisentangledPositions?
    /// The probability with which the weight of a key is left out in training, 0 to 1.
    package var dropout: Float

    /// The given heads and options; as many key and value heads as query heads unless `keyValueHeads` says otherwise.
    package init(
        heads: Int, keyValueHeads: Int? = nil, scale: Float, left: Int? = nil, right: Int? = nil,
        relativeBias: Tensor? = nil, positions: DisentangledPositions? = nil, dropout: Float = 0
    ) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads ?? heads
        self.scale = scale
        self.left = left
        self.right = right
        self.relativeBias = relativeBias
        self.positions = positions
        self.dropout = dropout
    }
}

extension Tensor {
    /// Scaled dot-product self-attention within every text: softmax(Q Kᵀ scale + bias) V for each head.
    ///
    /// Vaswani et al., *Attention Is All You Need*, 2017, <https://arxiv.org/abs/1706.03762>; shared keys and values:
    /// Ainslie et al., *GQA*, 2023, <https://arxiv.org/abs/2305.13245>.
    ///
    /// The tensor holds query, key and value heads side by side, `[totalTokens, (heads + 2 * keyValueHeads) * headSize]`.
    /// - Returns: `[totalTokens, heads * headSize]`.
    package func attention(_ texts: TextOffsets, _ shape: AttentionShape) -> Tensor {
        HeadLoop(detached, texts, shape)
            .attend(recordingFrom: [node, shape.relativeBias?.node, shape.positions?.table.node])
    }

    /// Attention in which only some tokens are queries; each has the result that it has among all, bit for bit.
    ///
    /// Has no gradient.
    /// - Parameters:
    ///   - queries: The query heads of the chosen tokens side by side; further columns are not looked at.
    ///   - keysAndValues: Key heads, then value heads of all tokens, `[totalTokens, columns]`.
    ///   - firstKey: The column with which the first key head begins; after the last value head there is no column.
    ///   - texts: Where each text begins among all tokens.
    ///   - choice: Which tokens the queries are; nil for all.
    ///   - shape: The heads and what distances add; nothing is left out.
    /// - Returns: `[queries, heads * headSize]`.
    package static func attention(
        queries: Tensor, keysAndValues: Tensor, firstKey: Int, _ texts: TextOffsets, choice: TokenChoice?,
        _ shape: AttentionShape
    ) -> Tensor {
        queries.refuseGradient(of: "attention of chosen queries")
        keysAndValues.refuseGradient(of: "attention of chosen queries")
        return HeadLoop(
            queries: queries, keysAndValues: keysAndValues, firstKey: firstKey, texts, choice: choice, shape
        ).attend(recordingFrom: [])
    }
}

extension HeadLoop {
    /// The attention of all heads, with its gradient where one of the inputs has one.
    fileprivate func attend(recordingFrom inputs: [GradientNode?]) -> Tensor {
        let (loop, heads) = (self, shape.heads)
        let isRecorded = inputs.contains { $0 != nil }
        // One number for each head and token, which the backward pass needs.
        let logSums = Tensor(shape: isRecorded ? [heads, queries.rows] : [0]) { _ in }
        let out = Tensor(shape: [queries.rows, heads * headSize]) { out in
            withExtendedLifetime(
                (queries.storage, keysAndValues.storage, logSums.storage, shape.relativeBias?.storage)
            ) {
                nonisolated(unsafe) let logSumPointer =
                    isRecorded ? logSums.fresh : nil
                // Every head of every text writes its own part of the result.
                nonisolated(unsafe) let outPointer = out.baseAddress!
                // Only the most exact kernel knows dropout.
                let precision = loop.dropout == nil ? Execution.current.precision : .float32Highest
                loop.forEach { head, kernels in
                    let attention = precision.entry(kernels.attention).pointee
                    BufferPool.shared.withBytes(attention.scratch_size(head.length, loop.headSize)) { scratch in
                        PositionTerms(loop, head).attach(
                            to: loop.arguments(head, out: outPointer, logSums: logSumPointer)
                        ) { arguments in
                            var arguments = arguments
                            arguments.scratch = scratch
                            loop.placing(head, arguments) { arguments in
                                var arguments = arguments
                                loop.dropping(head) { dropout in
                                    arguments.dropout = dropout
                                    attention.attend(&arguments)
                                }
                            }
                        }
                    }
                }
            }
        }
        return out.recorded(from: inputs) { dOut in loop.gradients(out, logSums, dOut) }
    }
}

/// One query head of one text.
struct Head: Sendable {
    let text: Int
    let index: Int
    let first: Int
    let length: Int
    let keyLength: Int
    /// The first of the text's queries among all queries, and how many it has.
    let firstQuery: Int
    let queryCount: Int
}

/// A loop over all heads of all texts, spread over the threads.
struct HeadLoop: Sendable {
    /// The query heads, from the first column on.
    let queries: Tensor
    /// Key heads and value heads, up to the last column.
    let keysAndValues: Tensor
    /// The column of the first key head.
    let firstKey: Int
    let texts: TextOffsets
    /// Which tokens the queries are; nil for all.
    let choice: TokenChoice?
    let shape: AttentionShape
    let headSize: Int
    let longest: Int
    /// What leaves out the weights of keys, if anything does.
    let dropout: (stream: RandomStream, probability: Float)?

    /// Heads of queries, keys and values side by side.
    init(_ qkv: Tensor, _ texts: TextOffsets, _ shape: AttentionShape) {
        let parts = shape.heads + 2 * shape.keyValueHeads
        precondition(qkv.columns % parts == 0, "\(qkv.shape) is not \(shape.heads) + 2 × \(shape.keyValueHeads) heads")
        self.init(
            queries: qkv, keysAndValues: qkv, firstKey: shape.heads * qkv.columns / parts, texts, choice: nil, shape)
    }

    init(
        queries: Tensor, keysAndValues: Tensor, firstKey: Int, _ texts: TextOffsets, choice: TokenChoice?,
        _ shape: AttentionShape
    ) {
        let columns = keysAndValues.columns - firstKey
        headSize = columns / (2 * shape.keyValueHeads)
        precondition(
            keysAndValues.rows == texts.totalTokens && columns == 2 * shape.keyValueHeads * headSize
                && queries.rows == choice?.rows.count ?? texts.totalTokens && queries.columns >= shape.heads * headSize
                && shape.heads % shape.keyValueHeads == 0 && choice?.texts.count ?? texts.count == texts.count,
            "\(queries.shape) and \(keysAndValues.shape) are not \(shape.heads) + 2 × \(shape.keyValueHeads) heads")
        self.queries = queries
        self.keysAndValues = keysAndValues
        self.firstKey = firstKey
        self.texts = texts
        self.choice = choice
        self.shape = shape
        dropout = Execution.current.dropout(shape.dropout)
        longest = shape.relativeBias.map { ($0.columns + 1) / 2 } ?? 0
        precondition(
            shape.relativeBias.map { $0.rows == shape.heads } ?? true
                && (longest == 0 || (0..<texts.count).allSatisfy { texts[$0].count <= longest }),
            "a bias of \(longest) tokens is too short")
    }

    /// The number of query heads that share a key and a value head.
    var groupSize: Int { shape.heads / shape.keyValueHeads }
    var outColumns: Int { shape.heads * headSize }

    func keyOffset(_ head: Head) -> Int { firstKey + head.index / groupSize * headSize }
    func valueOffset(_ head: Head) -> Int { keyOffset(head) + shape.keyValueHeads * headSize }

    func arguments(
        _ head: Head, out: UnsafeMutablePointer<Float>, logSums: UnsafeMutablePointer<Float>?
    ) -> sk_attention {
        let row = keysAndValues.pointer + head.first * keysAndValues.columns
        let bias = shape.relativeBias.map { $0.pointer + head.index * $0.columns + longest - 1 }
        return sk_attention(
            q: queries.pointer + head.firstQuery * queries.columns + head.index * headSize, k: row + keyOffset(head),
            v: row + valueOffset(head), q_stride: queries.columns, k_stride: keysAndValues.columns,
            v_stride: keysAndValues.columns, out: out + head.firstQuery * outColumns + head.index * headSize,
            out_stride: outColumns, log_sum_exp: logSums.map { $0 + head.index * queries.rows + head.firstQuery },
            scratch: out, length: head.length, key_length: head.keyLength, query_count: head.queryCount,
            query_positions: nil, head_size: headSize, scale: shape.scale, left: shape.left ?? .max,
            right: shape.right ?? .max,
            relative_bias: bias, query_terms: nil, key_terms: nil, term_stride: 0, term_positions: nil, dropout: nil,
            dropout_row: head.first)
    }

    /// Calls `body` with the arguments of attention, including where the queries stand in their text.
    func placing(_ head: Head, _ arguments: sk_attention, _ body: (sk_attention) -> Void) {
        guard let choice else { return body(arguments) }
        choice.positions.withUnsafeBufferPointer { positions in
            var arguments = arguments
            arguments.query_positions = positions.baseAddress.map { $0 + head.firstQuery }
            body(arguments)
        }
    }

    /// Calls `body` with what leaves out the weights of a head's keys, if anything does.
    func dropping(_ head: Head, _ body: (UnsafePointer<sk_dropout>?) -> Void) {
        guard let dropout else { return body(nil) }
        withUnsafePointer(to: DropoutMask(dropout.stream.at(head.index), dropout.probability).argument) { body($0) }
    }

    /// Calls `body` for every head of every text.
    ///
    /// Heads that share keys and values run on one thread in ascending order; with `byHead`, so do all texts of a head.
    func forEach(byHead: Bool = false, _ body: @escaping @Sendable (Head, sk_kernels) -> Void) {
        let kernels = Execution.current.kernels
        let (groups, textsOutside) = (shape.keyValueHeads, byHead ? 1 : texts.count)
        let queryTexts = choice?.texts ?? texts
        Parallel.forRanges(textsOutside * groups, grain: byHead ? 1 : max(1, 4 / groupSize)) { range in
            for unit in range {
                for text in byHead ? 0..<texts.count : unit / groups..<unit / groups + 1 where !queryTexts[text].isEmpty
                {
                    for index in unit % groups * groupSize..<(unit % groups + 1) * groupSize {
                        let head = Head(
                            text: text, index: index, first: texts[text].lowerBound, length: texts[text].count,
                            keyLength: texts.keyCount(text), firstQuery: queryTexts[text].lowerBound,
                            queryCount: queryTexts[text].count)
                        body(head, kernels.table.pointee)
                    }
                }
            }
        }
    }

    /// The gradients of the heads, side by side in one tensor, of the bias and of the positions.
    func gradients(_ out: Tensor, _ logSums: Tensor, _ dOut: Tensor) -> [Tensor?] {
        let dBias = shape.relativeBias.map { Tensor.zeros($0.shape) }
        let dTable = shape.positions.map { Tensor.zeros($0.table.shape) }
        let dQKV = Tensor.zeros(queries.shape)
        withExtendedLifetime((queries.storage, out.storage, logSums.storage, dOut.storage, shape.relativeBias?.storage))
        {
            // A head writes only its own part of each gradient, and its texts run one after another.
            nonisolated(unsafe) let gradient = dQKV.fresh
            nonisolated(unsafe) let dBiasPointer = dBias.map { $0.fresh }
            forEach(byHead: true) { head, kernels in
                let row = gradient + head.first * queries.columns
                let (dQ, dK) = (row + head.index * headSize, row + keyOffset(head))
                let terms = PositionTerms(self, head)
                let scratchSize = kernels.attention_backward_scratch(head.length, headSize) * 4
                BufferPool.shared.withBytes(scratchSize) { scratch in
                    terms.attach(
                        to: arguments(
                            head, out: out.fresh,
                            logSums: logSums.fresh)
                    ) { forward in
                        let gradients = terms.gradients
                        var arguments = sk_attention_backward_f32(
                            forward: forward, d_out: dOut.pointer + head.first * outColumns + head.index * headSize,
                            d_out_stride: outColumns, d_q: dQ, d_k: dK, d_v: row + valueOffset(head),
                            d_relative_bias: dBiasPointer.map { $0 + head.index * (2 * longest - 1) + longest - 1 },
                            d_query_terms: gradients?.query, d_key_terms: gradients?.key,
                            scratch: scratch.assumingMemoryBound(to: Float.self))
                        dropping(head) { dropout in
                            arguments.forward.dropout = dropout
                            kernels.attention_backward_f32(&arguments)
                        }
                    }
                }
                if let dTable { terms.spread(toQuery: dQ, key: dK, table: dTable) }
            }
        }
        return [dQKV, dBias, dTable]
    }
}
