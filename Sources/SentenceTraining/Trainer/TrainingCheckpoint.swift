// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A run as a folder: the model as it is saved, and beside it everything else that the next step depends on.
struct TrainingCheckpoint {
    /// What is neither model nor tensor.
    struct State: Codable, Equatable {
        /// Steps that have been taken.
        var step: Int
        /// Batches that have been computed.
        var pass: Int
        /// The epoch that the next batch belongs to.
        var epoch: Int
        /// How many batches of that epoch have been computed.
        var batch: Int
        /// What the order of batches and the size of steps depend on; a run goes on only where it is the same.
        var fingerprint: [String: String]
        /// The best value of the metric so far, and the step that has it.
        var best: Best?
        /// Evaluations since then.
        var evaluationsWithoutBetter = 0
        /// How the embeddings of the untouched model lay.
        var firstSpread: [Double]?
        /// What has been logged, for the chart and the model card.
        var history = TrainingHistory()

        struct Best: Codable, Equatable {
            var value: Double
            var step: Int
        }
    }

    private static let stateFile = "training_state.json"
    private static let tensorFile = "training_state.safetensors"
    /// How a metric that is no finite number is spelled, as Python does.
    private static let infinity = "Infinity", notANumber = "NaN"
    private static let prefix = "checkpoint-"
    private static let optimizerPrefix = "optimizer.", lossPrefix = "parameter."

    /// The folder of a step's checkpoint.
    static func folder(of step: Int, in directory: URL) -> URL { directory.appending(path: "\(prefix)\(step)") }

    /// The checkpoints in a folder, oldest first.
    static func all(in directory: URL) -> [(step: Int, url: URL)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)) else { return nil }
            let url = directory.appending(path: name)
            // Only whole checkpoints have this name, but somebody may have emptied a folder.
            return FileManager.default.fileExists(atPath: url.appending(path: stateFile).path) ? (step, url) : nil
        }.sorted { $0.step < $1.step }
    }

    /// Saves a run; the folder appears when it is whole.
    ///
    /// - Throws: `CheckpointError` with code `unwritable`.
    static func save<Model>(
        _ session: borrowing TrainingSession<Model>, _ state: State, to url: URL
    ) throws {
        let model = try session.snapshot()
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in session.optimizer.tensors { tensors[optimizerPrefix + name] = tensor }
        for value in session.lossValues { tensors[lossPrefix + value.name] = value.value.view }
        try AtomicFolder.write(to: url) { folder in
            try model.save(to: folder)
            try SafetensorsWriter.write(tensors, to: folder.appending(path: tensorFile))
            let encoder = JSONEncoder()
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: infinity, negativeInfinity: "-\(infinity)", nan: notANumber)
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try AtomicFile.write(
                String(decoding: try encoder.encode(state), as: UTF8.self), to: folder.appending(path: stateFile))
        }
    }

    /// Reads what a checkpoint says beside its tensors.
    ///
    /// - Throws: ``TrainingError`` with code `invalidCheckpoint`.
    static func state(_ url: URL) throws -> State {
        do {
            let decoder = JSONDecoder()
            decoder.nonConformingFloatDecodingStrategy = .convertFromString(
                positiveInfinity: infinity, negativeInfinity: "-\(infinity)", nan: notANumber)
            return try decoder.decode(State.self, from: Data(contentsOf: url.appending(path: stateFile)))
        } catch {
            throw TrainingError(
                .invalidCheckpoint, "\(url.appending(path: stateFile).path) cannot be read: \(error.causeDescription)")
        }
    }

    /// What the losses had learned, by the names of their parameters, such as `loss.classifier.weight`.
    ///
    /// - Throws: `CheckpointError`.
    static func lossTensors(_ url: URL) throws -> [String: Tensor] {
        let checkpoint = try Checkpoint(file: url.appending(path: tensorFile))
        return try checkpoint.names.filter { $0.hasPrefix(lossPrefix) }.reduce(into: [:]) {
            $0[String($1.dropFirst(lossPrefix.count))] = try checkpoint.tensor(named: $1)
        }
    }

    /// Gives a session, whose model was loaded from the checkpoint, the rest of the state.
    ///
    /// - Throws: ``TrainingError`` with code `invalidCheckpoint`, `CheckpointError`.
    static func restore<Model>(_ session: inout TrainingSession<Model>, _ state: State, from url: URL) throws {
        let checkpoint = try Checkpoint(file: url.appending(path: tensorFile))
        var optimizer: [String: Tensor] = [:], losses: [String: Tensor] = [:]
        for name in checkpoint.names {
            let tensor = try checkpoint.tensor(named: name)
            if name.hasPrefix(optimizerPrefix) {
                optimizer[String(name.dropFirst(optimizerPrefix.count))] = tensor
            } else if name.hasPrefix(lossPrefix) {
                losses[String(name.dropFirst(lossPrefix.count))] = tensor
            }
        }
        try session.restore(optimizer: optimizer, losses: losses)
        session.stepCount = state.step
        session.passCount = state.pass
    }
}

extension TrainingSession {
    /// Takes the values of the losses and the optimizer from a checkpoint.
    fileprivate mutating func restore(optimizer tensors: [String: Tensor], losses: [String: Tensor]) throws {
        for value in lossValues {
            guard let tensor = losses[value.name], tensor.shape == value.value.shape else {
                throw TrainingError(
                    .invalidCheckpoint,
                    "the loss's parameter \(value.name) has shape \(losses[value.name]?.shape ?? []) in the checkpoint, "
                        + "expected \(value.value.shape)")
            }
            value.value.set(tensor)
        }
        updateLosses()
        try optimizer.restore(tensors, for: values)
    }
}
