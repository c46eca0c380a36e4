// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTransformers

/// A run in its present state: the model, the losses and the optimizer, and how many steps they have taken.
///
/// It knows neither data nor files; the trainer hands it batches, and checkpoints hold all of it.
package struct TrainingSession<Model: BaseModel>: ~Copyable {
    /// The model that learns.
    package private(set) var model: TrainableModel<Model>
    /// The loss of each data set.
    package private(set) var losses: [any Loss]
    /// What all losses learn.
    package let lossValues: [TrainedParameter]
    /// The optimizer.
    package var optimizer: any OptimizerState
    /// How many steps have been taken.
    package var stepCount = 0
    /// How many batches have been computed, of which a step may take several.
    package var passCount = 0

    private let pass: TrainingStep
    /// Steps take the same memory again and again.
    private let hoard = BufferPool.Hoard()
    private let rates: ParameterRates
    private let arguments: TrainingArguments
    private let totalSteps: Int

    /// A run that has taken no step.
    ///
    /// - Parameters:
    ///   - model: The model to begin with.
    ///   - losses: The loss of each data set.
    ///   - arguments: How it is trained.
    ///   - totalSteps: How many steps it is going to take.
    /// - Throws: ``TrainingError`` if a loss does not fit the model, or an argument is wrong.
    package init(
        _ model: consuming Model, losses: [TrainingLoss], arguments: TrainingArguments, totalSteps: Int
    ) throws {
        let pipeline = model.pipeline
        let frozen = try arguments.frozen.map(NamePattern.init)
        let names = pipeline.parameters.distinct.map(\.name)
        for pattern in frozen where !names.contains(where: pattern.matches) {
            throw TrainingError(
                .invalidArgument,
                "no parameter's name contains \(pattern.text), which is to be frozen; a name is such as "
                    + (names.first ?? "0.weight"))
        }
        var bases = losses.map(\.base)
        let random = RandomStream(seed: arguments.seed, step: 0)
        for index in bases.indices { try bases[index].prepare(for: pipeline, random: random.at(index)) }
        let lossValues = bases.enumerated().flatMap { index, loss in
            loss.parameters.distinct.filter { !$0.isFrozen }.map {
                TrainedParameter($0.inside(losses.count == 1 ? "loss" : "loss.\(index)"))
            }
        }
        for index in bases.indices { bases[index].update(ParameterValues(lossValues)) }
        let learning = pipeline.parameters.distinct.filter { parameter in
            !parameter.isFrozen && !frozen.contains { $0.matches(parameter.name) }
        }
        let tapeBytes = try pipeline.route(for: nil).tapeBytesPerToken
        let parameterBytes = pipeline.parameters.distinct.reduce(0) {
            $0 + $1.parameter.tensor.count * MemoryLayout<Float>.stride
        }
        // Values, gradients, two moments, and what layers pack.
        let tapeLimit = arguments.memoryLimit ?? 5 * parameterBytes
        let tapeTokens = min(arguments.tapeTokens ?? .max, tapeLimit / max(1, tapeBytes))
        rates = try ParameterRates(learning.map(\.name) + lossValues.map(\.name), arguments, total: totalSteps)
        pass = TrainingStep(
            seed: arguments.seed, dropout: arguments.dropout.map { Float($0) }, tapeTokens: tapeTokens,
            precision: arguments.compute.precision,
            threads: min(arguments.threads ?? .max, Parallel.availableThreads))
        self.losses = bases
        self.lossValues = lossValues
        self.arguments = arguments
        self.totalSteps = totalSteps
        optimizer = arguments.optimizer.state()
        let learningNames = Set(learning.map(\.name))
        self.model = TrainableModel(model) { !learningNames.contains($0) }
    }

    /// Everything that learns: what the model does, then what the losses do.
    package var values: [TrainedParameter] { model.values + lossValues }

    /// Takes one step with the mean gradient of some batches.
    ///
    /// - Parameter batches: The batches, each with the number of its data set.
    /// - Returns: The loss and what else the step found.
    /// - Throws: ``TrainingError`` with code `diverged` if the loss or a gradient is not finite; nothing has changed then.
    package mutating func step(_ batches: [(dataset: Int, batch: PreparedBatch)]) throws -> TrainingSessionRecord {
        let values = values, parameters = values.map(\.parameter)
        var record = TrainingSessionRecord(
            step: stepCount + 1, loss: 0, parts: [], gradientNorm: 0,
            learningRate: rates.learningRate(step: stepCount, arguments), rows: 0, tokens: 0)
        var sums = [Gradient?](repeating: nil, count: values.count)
        let share = 1 / Double(batches.count)
        for (dataset, batch) in batches {
            let loss = losses[dataset].scheduled(step: stepCount, of: totalSteps)
            record.scheduled = loss.scheduledNumbers
            let found = try pass(batch, number: passCount, model.pipeline, loss, withRespectTo: parameters)
            passCount += 1
            record.loss += share * Double(found.loss)
            record.rows += batch.batch.rows.count
            record.tokens += found.tokenCount
            record.costs += found.costs
            for part in found.parts where found.parts.count > 1 {
                let value = share * Double(part.value)
                if let index = record.parts.firstIndex(where: { $0.name == part.name }) {
                    record.parts[index].value += value
                } else {
                    record.parts.append((part.name, value))
                }
            }
            for (index, gradient) in found.gradients.enumerated() {
                guard let gradient else { continue }
                sums[index] = sums[index].map { $0 + gradient } ?? gradient
            }
        }
        let execution = Execution(threads: min(arguments.threads ?? .max, Parallel.availableThreads))
        record.gradientNorm = record.costs.time(\.optimizer) {
            execution { (sums.reduce(0) { $0 + ($1?.sumOfSquares ?? 0) }).squareRoot() * share }
        }
        guard record.loss.isFinite, record.gradientNorm.isFinite else {
            let what = record.loss.isFinite ? "the gradients are" : "the loss is"
            throw TrainingError(
                .diverged,
                "\(what) no finite number at step \(stepCount + 1), in rows "
                    + batches.map { "\($0.batch.batch.rows)" }.joined(separator: ", ")
                    + "; a lower learning rate or a bound on the gradients' norm usually helps")
        }
        let norm = Float(record.gradientNorm), bound = Float(arguments.maxGradientNorm)
        // As in PyTorch, which keeps away from a division by zero.
        let clipping = bound > 0 ? min(1, bound / (norm + 1e-6)) : 1
        let stepRates = rates(step: stepCount)
        record.costs.time(\.optimizer) {
            execution { optimizer.step(values, sums, stepRates, gradientScale: Float(share) * clipping) }
        }
        record.costs.time(\.layers) {
            model.change { _ in }
            updateLosses()
        }
        stepCount += 1
        return record
    }

    /// Hands the losses the values that what they learn has now, and what they share with the model.
    mutating func updateLosses() {
        guard !lossValues.isEmpty else { return }
        let changed = ParameterValues(values)
        for index in losses.indices { losses[index].update(changed) }
    }

    /// The embeddings of the first column of a batch as the model is, `[rows, size]`.
    package func embeddings(_ batch: PreparedBatch) throws -> Tensor {
        try pass.embeddings(batch, model.pipeline)[0]
    }

    /// Computes the loss of a batch as it is, without gradients or anything left out.
    package func evaluate(_ dataset: Int, _ batch: PreparedBatch) throws -> Double {
        try Double(pass.loss(batch, model.pipeline, losses[dataset]))
    }

    /// The model as it is now.
    package func snapshot() throws -> Model { try model.snapshot() }

    /// The model as it has become.
    package consuming func finish() throws -> Model { try model.finish() }
}

/// What one step did.
package struct TrainingSessionRecord: Sendable {
    /// The number of the step, from 1 on.
    package var step: Int
    /// The loss before the step's update, the mean over its batches.
    package var loss: Double
    /// The named parts of the loss, if it has several.
    package var parts: [(name: String, value: Double)]
    /// What a schedule of the loss has changed.
    package var scheduled: [(name: String, value: Float)] = []
    /// The norm of all gradients before clipping.
    package var gradientNorm: Double
    /// The learning rate of most parameters.
    package var learningRate: Double
    /// The rows of all batches.
    package var rows: Int
    /// The tokens that ran through the model.
    package var tokens: Int
    /// What the parts of the step cost.
    package var costs = StepCosts()
}
