// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

/// A language model that reads one vector and then writes a text: the blocks of an encoder that see only what stands before
/// a token, each with a sublayer that looks at the vector.
///
/// Vaswani et al., *Attention Is All You Need*, 2017, <https://arxiv.org/abs/1706.03762>, with a memory of one vector; Wang
/// et al., *TSDAE*, 2021, <https://arxiv.org/abs/2104.06979>.
package struct VectorDecoder: Sendable, Trainable {
    /// What belongs to the decoder alone, by the names in a checkpoint of it.
    package private(set) var parameters: [NamedParameter]
    /// The size of the vector that it reads.
    package let vectorSize: Int
    private var weights: EncoderWeights
    private var embeddings: Embeddings
    private var blocks: [TransformerBlock]
    private var readings: [VectorReading]
    private var head: VocabularyHead

    /// The families whose models the reference can use so, by the first of their model types.
    private static let families = ["bert", "roberta", "xlm-roberta", "electra"]

    /// Takes the blocks of an encoder.
    ///
    /// - Parameters:
    ///   - encoder: The encoder.
    ///   - config: Its configuration.
    ///   - checkpoint: Where the other parameters are, as far as there are any.
    ///   - sharesBlocks: Whether the blocks stay the encoder's; otherwise their parameters are the decoder's.
    ///   - random: Where the parameters that the checkpoint lacks get their values from.
    /// - Throws: ``CheckpointError`` if the architecture is not known to have a decoder.
    package init(
        _ encoder: Encoder, config: ModelConfig, checkpoint: Checkpoint, sharesBlocks: Bool, random: RandomStream
    ) throws {
        let architecture = try EncoderArchitecture(config: config)
        guard Self.families.contains(architecture.modelTypes[0]), encoder.spec.normPlacement == .post else {
            throw CheckpointError(
                .unsupported, file: config.name,
                "models of type \"\(architecture.modelTypes[0])\" have no decoder that this version knows; those of these "
                    + "have: \(Self.families.joined(separator: ", "))")
        }
        vectorSize = encoder.spec.hiddenSize
        weights = encoder.weights
        for layer in weights.spec.spans.indices { weights.spec.spans[layer].right = 0 }
        embeddings = weights.embeddings()
        blocks = weights.blocks()
        let deviation = try config.float("initializer_range", default: 0.02)
        var place = 0
        var found = HeadWeights(checkpoint) { name, shape in
            defer { place += 1 }
            if shape.count > 1 { return .normal(shape, deviation: deviation, random.at(place)) }
            let isBias = name.hasSuffix("bias")
            return Tensor([Float](repeating: isBias ? 0 : 1, count: shape[0]), shape: shape)
        }
        readings = try (0..<encoder.spec.layerCount).map { layer in
            try VectorReading(
                architecture.prefixes.map { "\($0)encoder.layer.\(layer).crossattention" }, &found, encoder.spec)
        }
        head = try VocabularyHead(config: config, encoder: encoder, found, for: .allWords)
        // The head lists all that was found before it, too.
        parameters = (sharesBlocks ? [] : encoder.parameters) + head.parameters
    }

    /// Takes new values, also those of the blocks that belong to an encoder.
    package mutating func update(_ values: ParameterValues) {
        let groups = weights.groupsChanged(by: values)
        parameters.update(values)
        weights.update(values)
        embeddings = weights.embeddings()
        blocks = weights.blocks(remaking: groups, of: blocks)
        readings.update(values)
        head.update(values)
    }

    /// The logits of the token that follows each token.
    ///
    /// - Parameters:
    ///   - ids: Token ids, `[totalTokens]`.
    ///   - texts: Where each text begins.
    ///   - vectors: What each text is written from, `[texts, vectorSize]`.
    /// - Returns: `[totalTokens, vocabularySize]`.
    /// - Throws: ``EncoderError`` if an id or a text's length is beyond the embedding tables.
    package func callAsFunction(ids: [Int32], _ texts: TextOffsets, vectors: Tensor) throws -> Tensor {
        let types = [Int32](repeating: 0, count: ids.count)
        try weights.spec.check(ids: ids, typeIDs: types, texts)
        let context = AttentionContext(texts, weights.spec, buckets: nil, distances: nil)
        let owners = (0..<texts.count).flatMap { text in texts[text].map { _ in text } }
        var x = embeddings(ids: ids, typeIDs: types, texts)
        for (block, reading) in zip(blocks, readings) {
            x = block(x, context) { reading($0, vectors, owners) }
        }
        return head(x).all
    }
}

/// Attention to a single vector, with the norm behind it.
///
/// Of one vector the softmax is 1, whatever query and key are: what each token gets is the vector's value, and the
/// projections of queries and keys would never learn.
private struct VectorReading: Sendable, Trainable {
    private var value: LinearLayer
    private var output: LinearLayer
    private var norm: LayerNorm

    init(_ names: [String], _ weights: inout HeadWeights, _ spec: EncoderSpec) throws {
        func source(_ part: String) -> WeightSource { WeightSource(names.map { "\($0).\(part)" }) }
        let size = spec.hiddenSize
        value = try weights.linear(source("self.value"), hasBias: true, inputSize: size)
        output = try weights.linear(source("output.dense"), hasBias: true, inputSize: size)
        norm = LayerNorm(
            weight: try weights.parameter(source("output.LayerNorm"), [".weight", ".gamma"], shape: [size]),
            bias: try weights.parameter(source("output.LayerNorm"), [".bias", ".beta"], shape: [size]),
            epsilon: spec.norm.epsilon)
    }

    mutating func update(_ values: ParameterValues) {
        value.update(values)
        output.update(values)
        norm.update(values)
    }

    /// The sublayer's output; `owners` has the text of each token.
    func callAsFunction(_ x: Tensor, _ vectors: Tensor, _ owners: [Int]) -> Tensor {
        norm(output(value(vectors)).gatheringRows(owners) + x)
    }
}
