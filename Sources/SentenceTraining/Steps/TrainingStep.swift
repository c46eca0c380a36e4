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
    static let unitTokens = 1536
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
        /// What the parts of the pass cost.
        package let costs: StepCosts

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
    /// - Returns: The value of the loss, and the gradients.
    /// - Throws: ``TrainingError`` for columns and labels that the loss does not take; what model and loss throw.
    package func callAsFunction(
        _ prepared: PreparedBatch, number: Int, _ pipeline: ModelPipeline, _ loss: any Loss,
        withRespectTo parameters: [Parameter]
    ) throws -> Result {
        try execution.learning(parameters) {
            let wishes = loss.embedding
            let random = RandomStream(seed: seed, step: number, microBatch: Int(UInt32.max))
            try LossBatch(
                columns: [], labels: prepared.batch.labels, listCounts: prepared.batch.listCounts,
                texts: prepared.batch.columns
            ).check(for: loss)
            let embedded = prepared.selecting(wishes.columns)
            let hasLayers = try pipeline.route(for: prepared.calls.first?.task).hasLayers
            let units = EmbeddingUnit.cut(
                embedded, models: wishes.models, budget: hasLayers ? Self.unitTokens : Self.flatUnitTokens)
            let embedder = UnitEmbedder(
                pipeline: pipeline, kind: pipeline.kind, seed: seed, number: number, dropout: dropout,
                layers: wishes.layers?(random) ?? [])
            let isTaped = Self.taped(units, tokens: wishes.isCached ? 0 : tapeTokens)
            var costs = StepCosts()
            // Without a tape the embeddings have the same bits.
            var outputs: [UnitEmbedder.Output?] = try costs.time(\.forward) {
                try zip(units, isTaped).map { unit, isTaped in
                    try Execution.with(recordsGradients: isTaped) { try embedder(unit) }
                }
            }
            let leaf = Parameter(Tensor.above(outputs.compactMap(\.?.vectors.detached)))
            let places = RowPlaces(
                units, outputs.compactMap(\.?.counts), columnCount: embedded.inputs.count,
                stateCount: embedder.layers.count + 1)
            let (value, slopes) = try costs.time(\.loss) {
                var execution = Execution.current
                execution.precision = .float32Highest
                return try execution.learning([leaf] + parameters) {
                    let all = leaf.value
                    let states = places.rows.map { columns in columns.map { all.gatheringRows($0) } }
                    let value = try loss(
                        LossBatch(
                            columns: states[0], offsets: places.offsets, layers: Array(states[1...]),
                            labels: prepared.batch.labels, listCounts: prepared.batch.listCounts,
                            texts: prepared.batch.columns, inputs: prepared.inputs, random: random))
                    return (value, gradients(of: value.total, withRespectTo: [leaf] + parameters))
                }
            }
            var sums = Array(slopes.dropFirst())
            try costs.time(\.backward) {
                guard let seeds = slopes[0]?.tensor else { return }
                var first = 0
                for (index, unit) in units.enumerated() {
                    // The tape of a unit is freed before the next one is made or used.
                    let output = isTaped[index] ? outputs[index] : try embedder(unit)
                    outputs[index] = nil
                    guard let vectors = (consume output)?.vectors else { continue }
                    let rows = first..<first + vectors.rows
                    first = rows.upperBound
                    let found = gradients(of: consume vectors, seed: seeds.rowRange(rows), withRespectTo: parameters)
                    for (index, gradient) in found.enumerated() {
                        guard let gradient else { continue }
                        sums[index] = sums[index].map { $0 + gradient } ?? gradient
                    }
                }
            }
            return Result(
                parts: value.parts.map { ($0.name, $0.value.floats[0]) }, gradients: sums,
                tokenCount: prepared.tokenCount, columns: places.rows[0].map { leaf.tensor.gatheringRows($0) },
                costs: costs)
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
            let wishes = loss.embedding, random = RandomStream(seed: seed, step: 0)
            let (states, offsets) = try embed(
                prepared.selecting(wishes.columns), pipeline, models: wishes.models,
                layers: wishes.layers?(random) ?? [])
            return try Execution.with(precision: .float32Highest) {
                try loss(
                    LossBatch(
                        columns: states[0], offsets: offsets, layers: Array(states[1...]),
                        labels: prepared.batch.labels, listCounts: prepared.batch.listCounts,
                        texts: prepared.batch.columns, inputs: prepared.inputs, random: random)
                ).total.floats[0]
            }
        }
    }

    /// The embeddings of each column in inference, `[rows, size]`.
    package func embeddings(_ prepared: PreparedBatch, _ pipeline: ModelPipeline) throws -> [Tensor] {
        try inInference { try embed(prepared, pipeline).states[0] }
    }

    private func inInference<R>(_ body: () throws -> R) throws -> R {
        var execution = execution
        execution.recordsGradients = false
        return try execution(body)
    }

    /// The embeddings of each column after the last layer, then after each of `layers`.
    private func embed(
        _ prepared: PreparedBatch, _ pipeline: ModelPipeline, models: [Int: ModelPipeline] = [:], layers: [Int] = []
    ) throws -> (states: [[Tensor]], offsets: [TextOffsets]) {
        let units = EmbeddingUnit.cut(prepared, models: models, budget: Self.unitTokens)
        let embedder = UnitEmbedder(
            pipeline: pipeline, kind: pipeline.kind, seed: seed, number: 0, dropout: 0, layers: layers)
        let outputs = try units.map { try embedder($0) }
        let all = Tensor.above(outputs.map(\.vectors))
        let places = RowPlaces(
            units, outputs.map(\.counts), columnCount: prepared.inputs.count, stateCount: layers.count + 1)
        return (places.rows.map { columns in columns.map { all.gatheringRows($0) } }, places.offsets)
    }
}

/// Where the vectors of each column stand among those of all units.
private struct RowPlaces {
    /// For each layer and each column its rows, those of row 0 first.
    let rows: [[[Int]]]
    /// For each column where those of each row begin.
    let offsets: [TextOffsets]

    /// Each unit has its vectors so many times: after the last layer, and after some others.
    init(_ units: [EmbeddingUnit], _ counts: [[Int]], columnCount: Int, stateCount: Int) {
        var ranges = [[[Int: Range<Int>]]](
            repeating: [[Int: Range<Int>]](repeating: [:], count: columnCount), count: stateCount)
        var first = 0
        for (unit, counts) in zip(units, counts) {
            for state in 0..<stateCount {
                for (place, count) in zip(unit.places, counts) {
                    ranges[state][place.column][place.row] = first..<first + count
                    first += count
                }
            }
        }
        let ordered = ranges.map { $0.map { ranges in (0..<ranges.count).compactMap { ranges[$0] } } }
        rows = ordered.map { $0.map { $0.flatMap(Array.init) } }
        offsets = ordered[0].map { TextOffsets(counts: $0.map(\.count)) }
    }
}
