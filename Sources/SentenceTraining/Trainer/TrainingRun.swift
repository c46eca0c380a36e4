// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors
import SentenceTokenizers
import SentenceTransformers
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One run of a trainer, from the first look at the data to the trained model.
struct TrainingRun<Model: BaseModel> {
    private let trainer: Trainer<Model>
    private let arguments: TrainingArguments
    private let arrangements: [ColumnArrangement]
    private let readings: [[ColumnReading]]
    private let batches: BatchPlan
    private let stepsPerEpoch: Int
    private let totalSteps: Int
    private let evaluation: TrainingEvaluator<Model>
    /// The best model so far, where there is no folder for its checkpoint.
    private let bestModel = Locked<Model?>(nil)

    /// - Throws: ``TrainingError`` if arguments or data do not fit.
    init(_ trainer: Trainer<Model>) throws {
        self.trainer = trainer
        arguments = trainer.arguments
        try arguments.check(hasEvaluation: !trainer.evaluators.isEmpty || !trainer.evaluationDatasets.isEmpty)
        guard !trainer.datasets.isEmpty else { throw TrainingError(.invalidData, "there are no data to train on") }
        arrangements = try zip(trainer.datasets, trainer.losses).map { data, loss in
            try ColumnArrangement(data, for: loss.base.shape, lossName: loss.name, kind: Model.kind)
        }
        readings = try zip(trainer.datasets, arrangements).map { [arguments] data, arrangement in
            try arguments.readings(of: arrangement.inputNames, dataset: data.name, kind: Model.kind)
        }
        batches = try BatchPlan(
            Array(zip(trainer.datasets, arrangements)).map { (data: $0, arrangement: $1) },
            batchSize: arguments.batchSize, sampler: arguments.batchSampler,
            multiSampler: arguments.multiDatasetBatchSampler, dropsLast: arguments.dropsLast, seed: arguments.seed)
        guard batches.batchesPerEpoch > 0 else {
            throw TrainingError(
                .invalidData, "the data make no batch of \(arguments.batchSize) rows; use smaller batches or more data")
        }
        stepsPerEpoch = max(
            1, (batches.batchesPerEpoch + arguments.gradientAccumulationSteps - 1) / arguments.gradientAccumulationSteps
        )
        totalSteps = arguments.maxSteps ?? Int((arguments.epochs * Double(stepsPerEpoch)).rounded(.up))
        evaluation = try TrainingEvaluator(trainer, arrangements[0], readings[0])
    }

    /// What the run is going to do.
    func plan(after history: TrainingHistory = TrainingHistory(), completedSteps: Int = 0) throws -> TrainingPlan {
        let frozen = try arguments.frozen.map(NamePattern.init)
        let parameters = trainer.model.pipeline.parameters.distinct
        let trained = parameters.filter { parameter in
            !parameter.isFrozen && !frozen.contains { $0.matches(parameter.name) }
        }
        return TrainingPlan(
            totalSteps: totalSteps, stepsPerEpoch: stepsPerEpoch, completedSteps: completedSteps,
            rowCount: trainer.datasets.reduce(0) { $0 + $1.count },
            previews: try zip(trainer.datasets, arrangements).map { try $1.preview($0) },
            trainedParameterCount: trained.reduce(0) { $0 + $1.parameter.tensor.count },
            baseline: (history.evaluations.first?.metrics ?? [:]).map { Metric($0.key, $0.value) },
            parameterCount: parameters.reduce(0) { $0 + $1.parameter.tensor.count })
    }

    /// Trains the model.
    func callAsFunction(resuming: Bool) throws -> TrainingResult<Model> {
        let start = ContinuousClock.now
        var state = TrainingCheckpoint.State(step: 0, pass: 0, epoch: 0, batch: 0, fingerprint: fingerprint)
        if let directory = arguments.outputDirectory {
            guard resuming || TrainingCheckpoint.all(in: directory).isEmpty else {
                throw TrainingError(
                    .invalidArgument,
                    "\(directory.path) holds checkpoints of another run; go on with it (resume), or choose another folder"
                )
            }
            // Before the last checkpoint is looked for, which may get its name back.
            AtomicFolder.removeUnfinished(in: directory)
        }
        var session: TrainingSession<Model>
        if resuming, let directory = arguments.outputDirectory, let last = TrainingCheckpoint.all(in: directory).last {
            state = try TrainingCheckpoint.state(last.url)
            try checkFingerprint(state, last.url)
            session = try TrainingSession(
                load(last.url), losses: trainer.losses, arguments: arguments, totalSteps: totalSteps)
            try TrainingCheckpoint.restore(&session, state, from: last.url)
        } else {
            session = try TrainingSession(
                trainer.model, losses: trainer.losses, arguments: arguments, totalSteps: totalSteps)
        }
        for warning in arrangements.flatMap(\.warnings) { tell { $0.didWarn(warning) } }
        let plan = try plan(after: state.history, completedSteps: state.step)
        tell { $0.willBegin(plan) }
        try evaluation.removeResults(after: state.step)
        let log = try arguments.logFile.map { try TrainingLogFile($0, keepingUntil: state.step) }
        if state.step == 0, evaluation.isAsked { try evaluate(session, &state, log) }
        var meter = TrainingMeter(totalSteps: totalSteps)
        var isInterrupted = false, isFinished = false
        while state.step < totalSteps, !isFinished, !isInterrupted {
            let epoch = state.epoch, source = try Prefetch(batchSource(epoch: epoch, skipping: state.batch))
            var hasBatches = true
            while hasBatches, state.step < totalSteps, !isFinished, !isInterrupted {
                var taken: [(dataset: Int, batch: PreparedBatch)] = []
                while taken.count < arguments.gradientAccumulationSteps, let next = try source.next() {
                    taken.append(next)
                }
                guard !taken.isEmpty else {
                    if state.batch == 0 {
                        throw TrainingError(
                            .invalidData, "epoch \(epoch + 1) has no batch; use smaller batches or another sampler")
                    }
                    break
                }
                hasBatches = taken.count == arguments.gradientAccumulationSteps
                do {
                    let record = try session.step(taken)
                    state.step = record.step
                    state.pass = session.passCount
                    state.batch += taken.count
                    meter.add(record)
                } catch let error as TrainingError where error.code == .diverged {
                    throw located(error, taken)
                }
                let fraction = min(1, Double(state.batch) / Double(batches.batchesPerEpoch))
                let progress = meter.progress(epoch: Double(epoch) + fraction)
                if isDue(arguments.logging, state.step) || state.step == totalSteps {
                    state.history.append(progress.logged)
                    try log?.write(progress.logged.line)
                }
                let controls = trainer.callbacks.map { $0.didStep(progress) }
                if controls.contains(where: { $0 == .finish }) { isFinished = true }
                if controls.contains(where: { $0 == .interrupt }) || isCancelled { isInterrupted = true }
                if isDue(arguments.evaluation, state.step), !isInterrupted {
                    isFinished = try evaluate(session, &state, log, meter: meter) || isFinished
                    meter.restart()
                }
                if isDue(arguments.saving, state.step) {
                    try save(session, state)
                    meter.restart()
                }
            }
            // Where it was interrupted after the last batch, the epoch ends when the run goes on.
            if isInterrupted { break }
            (state.epoch, state.batch) = (epoch + 1, 0)
            if arguments.evaluation == .epochs {
                isFinished = try evaluate(session, &state, log, meter: meter) || isFinished
            }
            if arguments.saving == .epochs { try save(session, state) }
        }
        if isInterrupted, arguments.outputDirectory != nil { try save(session, state) }
        if isInterrupted, isCancelled { throw CancellationError() }
        let isEvaluated = state.history.evaluations.last?.step == state.step
        if evaluation.isAsked, !isEvaluated, !isInterrupted { try evaluate(session, &state, log, meter: meter) }
        return try finish(session, state, isInterrupted: isInterrupted, start)
    }

    // What happens now and then.

    /// Evaluates the model as it is; returns whether the run should end for want of better models.
    @discardableResult
    private func evaluate(
        _ session: borrowing TrainingSession<Model>, _ state: inout TrainingCheckpoint.State, _ log: TrainingLogFile?,
        meter: TrainingMeter? = nil
    ) throws -> Bool {
        let clock = ContinuousClock.now
        let epoch = Double(state.epoch) + Double(state.batch) / Double(batches.batchesPerEpoch)
        let found = try evaluation(session, epoch: epoch)
        let (metrics, spread) = (found.metrics, found.spread)
        let (key, isMoreBetter) = try evaluation.criterion(found)
        var isBest = false
        // A correlation with something constant is no number, and no model is better than that.
        if let value = metrics.first(where: { $0.name == key })?.value, value.isFinite {
            let gain = state.best.map { isMoreBetter ? value - $0.value : $0.value - value } ?? .infinity
            isBest = gain > 0
            // A first value is no gain over anything.
            state.evaluationsWithoutBetter =
                gain > arguments.earlyStoppingThreshold ? 0 : state.evaluationsWithoutBetter + 1
            if isBest { state.best = .init(value: value, step: state.step) }
        }
        let record = TrainingHistory.Evaluation(
            step: state.step, epoch: epoch, metrics: Dictionary(metrics.map { ($0.name, $0.value) }) { $1 },
            primaryMetrics: found.primary.map(\.name))
        state.history.evaluations.append(record)
        try log?.write(record.line)
        let seconds = clock.duration(to: .now).seconds
        tell {
            $0.didEvaluate(
                TrainingEvaluation(
                    step: state.step, epoch: epoch, metrics: metrics, spread: spread, isBest: isBest, seconds: seconds))
        }
        if let spread {
            let first = state.firstSpread.map { EmbeddingSpread(meanCosine: $0[0], effectiveRank: $0[1]) } ?? spread
            if state.firstSpread == nil { state.firstSpread = [spread.meanCosine, spread.effectiveRank] }
            if let warning = spread.collapse(since: first) { tell { $0.didWarn("step \(state.step): \(warning)") } }
        }
        if isBest, state.step > 0, arguments.loadsBestModelAtEnd {
            if let directory = arguments.outputDirectory {
                try write(session, state, in: directory)
            } else {
                let model = try session.snapshot()
                bestModel.withLock { $0 = model }
            }
        }
        if let meter { forecast(seconds, meter, state) }
        return arguments.earlyStoppingPatience.map { state.evaluationsWithoutBetter >= $0 } ?? false
    }

    /// Warns if evaluations take more than a tenth of the run.
    private func forecast(_ seconds: Double, _ meter: TrainingMeter, _ state: TrainingCheckpoint.State) {
        guard state.history.evaluations.count == 2, case let each = meter.secondsPerStep, each > 0 else { return }
        let interval: Double =
            switch arguments.evaluation {
            case .steps(let steps): Double(steps)
            case .epochs: Double(stepsPerEpoch)
            case .never: Double(totalSteps)
            }
        let count = Double(totalSteps) / interval
        let training = each * Double(totalSteps), evaluating = seconds * count
        // Nobody minds a few seconds.
        guard evaluating > 10, evaluating > 0.1 * (training + evaluating) else { return }
        func minutes(_ seconds: Double) -> String { "\((seconds / 6).rounded() / 10) min" }
        tell {
            $0.didWarn(
                "evaluations take about \(minutes(evaluating)) of this run, training \(minutes(training)); evaluate less "
                    + "often or on fewer rows")
        }
    }

    /// Saves a checkpoint, and removes those that are too many.
    private func save(_ session: borrowing TrainingSession<Model>, _ state: TrainingCheckpoint.State) throws {
        guard let directory = arguments.outputDirectory else { return }
        let url = try write(session, state, in: directory)
        tell { $0.didSave(url, step: state.step) }
        guard let limit = arguments.saveTotalLimit else { return }
        let kept = TrainingCheckpoint.all(in: directory)
        let removable = kept.filter { $0.step != state.best?.step || !arguments.loadsBestModelAtEnd }.dropLast()
        for old in removable.prefix(max(0, kept.count - max(1, limit))) {
            AtomicFolder.remove(old.url)
        }
    }

    /// Writes a checkpoint; what was there stays if that fails.
    @discardableResult
    private func write(
        _ session: borrowing TrainingSession<Model>, _ state: TrainingCheckpoint.State, in directory: URL
    ) throws -> URL {
        let url = TrainingCheckpoint.folder(of: state.step, in: directory)
        do { try TrainingCheckpoint.save(session, state, to: url) } catch let error as CheckpointError {
            throw CheckpointError(
                error.code,
                "the checkpoint of step \(state.step) cannot be saved; \(lastCheckpoint); make room, and go on from there "
                    + "(resume)", cause: error)
        }
        return url
    }

    private func finish(
        _ session: consuming TrainingSession<Model>, _ state: TrainingCheckpoint.State, isInterrupted: Bool,
        _ start: ContinuousClock.Instant
    ) throws -> TrainingResult<Model> {
        var step = state.step
        let last = try session.finish()
        var model = last
        if arguments.loadsBestModelAtEnd, !isInterrupted, let best = state.best, best.step != state.step {
            step = best.step
            if best.step == 0 {
                // Training may make a model worse.
                model = trainer.model
            } else if let kept = bestModel.withLock({ $0 }) {
                model = kept
            } else if let directory = arguments.outputDirectory {
                model = try load(TrainingCheckpoint.folder(of: best.step, in: directory))
            }
        }
        return TrainingResult(
            model: model, history: state.history, isInterrupted: isInterrupted, step: step,
            peakMemory: ProcessMemory.peak, seconds: start.duration(to: .now).seconds,
            trainer: trainer)
    }

    /// The model of a checkpoint, whose files may be removed meanwhile.
    private func load(_ checkpoint: URL) throws -> Model {
        try Model(
            pipeline: ModelPipeline(
                directory: checkpoint, kind: Model.kind, computePrecision: trainer.model.computePrecision,
                mapsWeights: false))
    }

    // Small things.

    private func tell(_ body: (any TrainingCallback) -> Void) { trainer.callbacks.forEach(body) }

    private var isCancelled: Bool { (try? LongCall.current.check()) == nil }

    private func isDue(_ interval: TrainingArguments.Interval, _ step: Int) -> Bool {
        if case .steps(let steps) = interval { step % steps == 0 } else { false }
    }

    /// Turns the batches of an epoch into tokens, one after another.
    private func batchSource(
        epoch: Int, skipping position: Int
    ) throws -> @Sendable () throws -> (dataset: Int, batch: PreparedBatch)? {
        // Tokenizers do not learn, so that those of the model at the beginning are the right ones.
        let pipeline = trainer.model.pipeline
        let iterator = Locked(try batches.batches(epoch: epoch, skipping: position))
        return {
            [
                datasets = trainer.datasets, losses = trainer.losses, seed = trainer.arguments.seed, arrangements,
                readings
            ] in
            guard let planned = try iterator.withLock({ try $0.next() }) else { return nil }
            let index = planned.dataset
            let rows = try arrangements[index].batch(datasets[index], rows: planned.rows)
            // Each row begins one batch of an epoch at most.
            let random = RandomStream(seed: seed, step: epoch, microBatch: planned.rows.first ?? 0).at(index)
            let batch = losses[index].base.pairing(rows, random: random)
            return (index, try PreparedBatch(batch, readings: readings[index], for: pipeline))
        }
    }

    /// The error with the places of the rows in their files.
    private func located(_ error: TrainingError, _ batches: [(dataset: Int, batch: PreparedBatch)]) -> TrainingError {
        let places = batches.map { dataset, batch in
            let data = trainer.datasets[dataset], rows = batch.batch.rows
            return rows.prefix(3).map { data.place(of: $0) }.joined(separator: "; ") + (rows.count > 3 ? "; …" : "")
        }
        return TrainingError(
            error.code, error.description + " (\(places.joined(separator: "; "))); \(lastCheckpoint)")
    }

    /// Where a run that ends with an error can go on.
    private var lastCheckpoint: String {
        let last = arguments.outputDirectory.flatMap { TrainingCheckpoint.all(in: $0).last?.url.path }
        return last.map { "the last good checkpoint is \($0)" } ?? "there is no checkpoint yet"
    }

    /// What a run that goes on must have in common with the one that it goes on from.
    private var fingerprint: [String: String] {
        [
            "batch size": "\(arguments.batchSize)", "seed": "\(arguments.seed)",
            "sampler": arguments.batchSampler.rawValue, "steps": "\(totalSteps)",
            "accumulated batches": "\(arguments.gradientAccumulationSteps)",
            "rows": trainer.datasets.map { "\($0.count)" }.joined(separator: ", "),
            "losses": trainer.losses.map(\.name).joined(separator: ", "), "optimizer": "\(arguments.optimizer)",
            "learning rate": "\(arguments.learningRate)", "schedule": arguments.schedule.rawValue,
        ]
    }

    private func checkFingerprint(_ state: TrainingCheckpoint.State, _ url: URL) throws {
        let now = fingerprint
        for (name, value) in state.fingerprint.sorted(by: { $0.key < $1.key }) where now[name] != value {
            throw TrainingError(
                .invalidCheckpoint,
                "\(url.path) belongs to a run with another \(name): \(value), now \(now[name] ?? "none"); go on with the "
                    + "same arguments and data")
        }
    }
}

/// A value that one thread at a time changes.
private final class Locked<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func withLock<R>(_ body: (inout Value) throws -> R) rethrows -> R { try value.withLock { try body(&$0) } }
}
