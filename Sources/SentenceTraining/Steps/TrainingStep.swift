// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTransformers

/// One pass over a batch, forward and backward: the value of the loss, and its gradients.
///
/// The units of a batch run through the model, each with a tape of its own; a small graph computes the loss from all
/// embeddings; then the slopes of the embeddings go back through every tape, and the gradients are added in the order of
/// the units.
package struct TrainingStep: Sendable {
    /// The arithmetic, kernels and threads.
    private let execution: Execution
    /// The seed of the run.
    private let seed: UInt64
    /// The probability with which parts are left out, instead of the model's own.
    private let dropout: Float?
    /// Tokens whose tapes are kept; texts beyond are embedded twice.
    private let tapeTokens: Int

    /// Tokens of a unit: so many that products are as fast as they can be, and that a batch has several.
    static let unitTokens = 2048
    /// Tokens of a unit of a model without layers, whose tape is small.
    static let flatUnitTokens = 1 << 20

    /// A step of a run.
    package init(seed: UInt64, dropout: Float? = nil, tapeTokens: Int? = nil, precision: Precision, threads: Int) {
        execution = Execution(precision: precision, threads: threads, recordsGradients: true)
        self.seed = seed
        self.dropout = dropout
        self.tapeTokens = tapeTokens ?? .max
    }

    /// What a pass found.
    package struct Result: Sendable {
        /// The parts of the loss, with their names.
        package let parts: [(name: String, value: Float)]
        /// For each parameter its gradient, nil if the loss does not depend on it.
        package let gradients: [Gradient?]
        /// The tokens that ran through the model.
        package let tokenCount: Int
        /// The embeddings of each column.
        package let columns: [Tensor]

        /// The sum of the parts.
        package var loss: Float { parts.reduce(0) { $0 + $1.value } }
    }

    /// Computes the loss of a batch and its gradients.
    ///
    /// - Parameters:
    ///   - prepared: The batch.
    ///   - number: How many passes came before, which selects the random numbers.
    ///   - pipeline: The model.
    ///   - loss: The loss.
    ///   - parameters: What the gradients are of, of the model and of the loss.
    package func callAsFunction(
        _ prepared: PreparedBatch, number: Int, _ pipeline: ModelPipeline, _ loss: any Loss,
        withRespectTo parameters: [Parameter]
    ) throws -> Result {
        try execution {
            let wishes = loss.embedding
            let hasLayers = try pipeline.route(for: prepared.calls.first?.task).hasLayers
            let units = EmbeddingUnit.cut(
                prepared, models: wishes.models, budget: hasLayers ? Self.unitTokens : Self.flatUnitTokens)
            let embedder = UnitEmbedder(
                pipeline: pipeline, kind: pipeline.kind, seed: seed, number: number, dropout: dropout)
            let isTaped = Self.taped(units, tokens: wishes.isCached ? 0 : tapeTokens)
            // Without a tape the embeddings have the same bits.
            var outputs: [UnitEmbedder.Output?] = try zip(units, isTaped).map { unit, isTaped in
                try Execution.with(recordsGradients: isTaped) { try embedder(unit) }
            }
            let leaf = Parameter(Tensor.above(outputs.compactMap(\.?.vectors.detached)))
            let places = RowPlaces(units, outputs.compactMap(\.?.counts), columnCount: prepared.inputs.count)
            let random = RandomStream(seed: seed, step: number, microBatch: Int(UInt32.max))
            let (value, slopes) = try Execution.with(precision: .float32Highest) {
                let all = leaf.value
                let columns = places.rows.map { all.gatheringRows($0) }
                let value = try loss(
                    LossBatch(
                        columns: columns, offsets: places.offsets, labels: prepared.batch.labels,
                        texts: prepared.batch.columns, random: random))
                return (value, gradients(of: value.total, withRespectTo: [leaf] + parameters))
            }
            var sums = Array(slopes.dropFirst())
            if let seeds = slopes[0]?.tensor {
                var first = 0
                for (index, unit) in units.enumerated() {
                    // The tape of a unit is freed before the next one is made or used.
                    let output = isTaped[index] ? outputs[index] : try embedder(unit)
                    outputs[index] = nil
                    guard let vectors = output?.vectors else { continue }
                    let rows = first..<first + vectors.rows
                    first = rows.upperBound
                    let found = gradients(of: vectors, seed: seeds.rowRange(rows), withRespectTo: parameters)
                    for (index, gradient) in found.enumerated() {
                        guard let gradient else { continue }
                        sums[index] = sums[index].map { $0 + gradient } ?? gradient
                    }
                }
            }
            return Result(
                parts: value.parts.map { ($0.name, $0.value.floats[0]) }, gradients: sums,
                tokenCount: prepared.tokenCount, columns: places.rows.map { leaf.tensor.gatheringRows($0) })
        }
    }

    /// Which units keep their tapes: as many of the first ones as there is room for.
    private static func taped(_ units: [EmbeddingUnit], tokens: Int) -> [Bool] {
        var room = tokens
        return units.map { unit in
            room -= (0..<unit.input.count).reduce(0) { $0 + unit.input.length(of: $1) }
            return room >= 0
        }
    }

    /// Computes the loss of a batch in inference, without a tape.
    package func loss(_ prepared: PreparedBatch, _ pipeline: ModelPipeline, _ loss: any Loss) throws -> Float {
        try inInference {
            let (columns, offsets) = try embed(prepared, pipeline, models: loss.embedding.models)
            return try Execution.with(precision: .float32Highest) {
                try loss(
                    LossBatch(
                        columns: columns, offsets: offsets, labels: prepared.batch.labels,
                        texts: prepared.batch.columns,
                        random: RandomStream(seed: seed, step: 0))
                ).total.floats[0]
            }
        }
    }

    /// The embeddings of each column in inference, `[rows, size]`.
    package func embeddings(_ prepared: PreparedBatch, _ pipeline: ModelPipeline) throws -> [Tensor] {
        try inInference { try embed(prepared, pipeline, models: [:]).columns }
    }

    private func inInference<R>(_ body: () throws -> R) throws -> R {
        var execution = execution
        execution.recordsGradients = false
        return try execution(body)
    }

    private func embed(
        _ prepared: PreparedBatch, _ pipeline: ModelPipeline, models: [Int: ModelPipeline]
    ) throws -> (columns: [Tensor], offsets: [TextOffsets]) {
        let units = EmbeddingUnit.cut(prepared, models: models, budget: Self.unitTokens)
        let embedder = UnitEmbedder(pipeline: pipeline, kind: pipeline.kind, seed: seed, number: 0, dropout: 0)
        let outputs = try units.map { try embedder($0) }
        let all = Tensor.above(outputs.map(\.vectors))
        let places = RowPlaces(units, outputs.map(\.counts), columnCount: prepared.inputs.count)
        return (places.rows.map { all.gatheringRows($0) }, places.offsets)
    }
}

/// Runs units through a model.
struct UnitEmbedder {
    let pipeline: ModelPipeline
    let kind: ModelKind
    let seed: UInt64
    let number: Int
    let dropout: Float?

    /// The vectors of a unit's texts one after another, and how many each text has.
    struct Output {
        let vectors: Tensor
        let counts: [Int]
    }

    func callAsFunction(_ unit: EmbeddingUnit) throws -> Output {
        let stream = RandomStream(seed: seed, step: number, microBatch: unit.index)
        return try Execution.with(mode: dropout == 0 ? .inference : .training(stream, dropout: dropout)) {
            var features = Features(unit.input, unit.call)
            try (unit.model ?? pipeline).route(for: unit.call.task)(&features)
            return try output(&features)
        }
    }

    private func output(_ features: inout Features) throws -> Output {
        let count = features.input.count
        func single(_ vectors: Tensor?, _ what: String) throws -> Output {
            guard let vectors else { throw TrainingError(.mismatchedLoss, "the model's modules give no \(what)") }
            return Output(vectors: vectors, counts: [Int](repeating: 1, count: count))
        }
        switch kind {
        case .sentenceTransformer, .sparseEncoder:
            return try single(features.sentenceEmbedding, "sentence embedding")
        case .crossEncoder: return try single(features.scores, "scores")
        case .multiVectorEncoder:
            features.dropUnkeptTokens()
            guard let vectors = features.tokenEmbeddings else {
                throw TrainingError(.mismatchedLoss, "the model's modules give no token embeddings")
            }
            return Output(vectors: vectors, counts: (0..<features.texts.count).map { features.texts[$0].count })
        }
    }
}

/// Where the vectors of each column stand among those of all units.
private struct RowPlaces {
    /// For each column its rows, those of row 0 first.
    let rows: [[Int]]
    /// For each column where those of each row begin.
    let offsets: [TextOffsets]

    init(_ units: [EmbeddingUnit], _ counts: [[Int]], columnCount: Int) {
        var ranges = [[Int: Range<Int>]](repeating: [:], count: columnCount)
        var first = 0
        for (unit, counts) in zip(units, counts) {
            for (place, count) in zip(unit.places, counts) {
                ranges[place.column][place.row] = first..<first + count
                first += count
            }
        }
        let ordered = ranges.map { ranges in (0..<ranges.count).compactMap { ranges[$0] } }
        rows = ordered.map { $0.flatMap(Array.init) }
        offsets = ordered.map { TextOffsets(counts: $0.map(\.count)) }
    }
}
