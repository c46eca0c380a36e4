// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTraining
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `train` is told, whether by a file or by options: the keys of the file are a contract.
struct TrainConfig {
    /// The folder of a model, or its name on the Hub.
    var model: String?
    /// The files to learn from, each with the name of its data set.
    var train: [(name: String?, path: String)] = []
    /// The files to evaluate on, likewise.
    var eval: [(name: String?, path: String)] = []
    /// Where the model and the checkpoints go.
    var output: String?
    /// The loss of all data sets, by "", or of each by its name.
    var losses: JSONObject = [:]
    /// What the card of the model says beside what the run knows.
    var card = ModelCardDetails()
    /// The adapter that is trained instead of the model's weights, if one is.
    var lora: LoRAOptions?
    /// How the model is trained.
    var arguments = TrainingArguments()
    /// Whether the model is evaluated only because there is something to evaluate it on.
    var evaluation: Strategy?
    /// How many steps lie between evaluations, where they are counted in steps.
    var evalSteps: Int?
    /// When checkpoints are saved.
    var saving = Strategy.steps
    /// How many steps lie between checkpoints.
    var saveSteps = 500
    /// When the loss is logged.
    var logging = Strategy.steps
    /// How many steps lie between logged losses.
    var loggingSteps = 1

    /// When something happens, as the reference names it.
    enum Strategy: String, CaseIterable {
        case no, steps, epoch

        func interval(_ steps: Int) -> TrainingArguments.Interval {
            switch self {
            case .no: .never
            case .steps: .steps(steps)
            case .epoch: .epochs
            }
        }
    }

    /// The configuration that a file holds.
    ///
    /// - Throws: ``Failure`` for a key that is not known, or a value that is none.
    init(_ value: JSONValue, file: String) throws {
        guard case .object(let members) = value else {
            throw Failure("\(file): expected an object of settings, such as {\"model\": …, \"train\": …}")
        }
        try apply(members, file: file)
    }

    /// Takes settings by their keys.
    ///
    /// - Throws: ``Failure`` for a key that is not known, or a value that is none.
    mutating func apply(_ members: JSONObject, file: String) throws {
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let setting = TrainSetting.all[key.string] else {
                let nearest = NearestName.to(key.string, among: TrainSetting.all.keys.sorted())
                throw Failure(
                    "\(file): the key \"\(key.string)\" is not known"
                        + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""))
            }
            do { try setting(&self, value) } catch let error as TrainSetting.Mismatch {
                throw Failure("\(file): \"\(key.string)\" is \(error.found), expected \(error.expected)")
            }
        }
    }

    /// Nothing told yet.
    init() {}

    /// The arguments, with what several keys say together.
    func resolvedArguments() -> TrainingArguments {
        var arguments = arguments
        let usual: Strategy = eval.isEmpty ? .no : evalSteps == nil ? .epoch : .steps
        arguments.evaluation = (evaluation ?? usual).interval(evalSteps ?? loggingSteps)
        arguments.saving = saving.interval(saveSteps)
        arguments.logging = logging.interval(loggingSteps)
        arguments.outputDirectory = output.map { URL(filePath: $0, directoryHint: .isDirectory) }
        return arguments
    }

    /// The loss of a data set.
    ///
    /// - Throws: ``Failure`` if there is none; ``TrainingError`` for one that is not known.
    func loss(of dataset: String, for kind: ModelKind) throws -> TrainingLoss {
        guard let value = losses[ExactString(dataset)] ?? losses[""] else {
            throw Failure(
                losses.isEmpty
                    ? "there is no loss; name one, such as MultipleNegativesRankingLoss for pairs"
                    : "the data set \"\(dataset)\" has no loss; there are losses for \(losses.keys.sorted().map(\.string).joined(separator: ", "))"
            )
        }
        return try TrainingLoss(configuration: value, for: kind)
    }
}
