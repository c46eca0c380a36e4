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

/// What one key of a training configuration sets; most keys are the reference's training arguments.
struct TrainSetting: Sendable {
    /// A value that the key cannot have.
    struct Mismatch: Error {
        let found: String
        let expected: String

        init(_ value: JSONValue, _ expected: String) {
            found = (try? value.serialized(.compact)) ?? "no value"
            self.expected = expected
        }
    }

    private let apply: @Sendable (inout TrainConfig, JSONValue) throws -> Void

    func callAsFunction(_ config: inout TrainConfig, _ value: JSONValue) throws { try apply(&config, value) }

    // What values are.

    private static func text(_ set: @escaping @Sendable (inout TrainConfig, String) throws -> Void) -> TrainSetting {
        TrainSetting { config, value in
            guard let text = value.asString else { throw Mismatch(value, "a text") }
            try set(&config, text)
        }
    }

    private static func number(_ set: @escaping @Sendable (inout TrainConfig, Double) throws -> Void) -> TrainSetting {
        TrainSetting { config, value in
            // YAML takes 2e-5 for a text.
            guard let number = value.asDouble ?? value.asString.flatMap(Double.init) else {
                throw Mismatch(value, "a number")
            }
            try set(&config, number)
        }
    }

    private static func whole(
        _ least: Int = 0, _ set: @escaping @Sendable (inout TrainConfig, Int) throws -> Void
    ) -> TrainSetting {
        TrainSetting { config, value in
            guard let number = value.asInt ?? value.asDouble.flatMap({ Int(exactly: $0) }), number >= least else {
                throw Mismatch(value, "a whole number of \(least) or more")
            }
            try set(&config, number)
        }
    }

    private static func flag(_ set: @escaping @Sendable (inout TrainConfig, Bool) throws -> Void) -> TrainSetting {
        TrainSetting { config, value in
            guard case .bool(let flag) = value else { throw Mismatch(value, "true or false") }
            try set(&config, flag)
        }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ set: @escaping @Sendable (inout TrainConfig, Choice) -> Void
    ) -> TrainSetting {
        let choices = Array(Choice.allCases), names = choices.map(\.rawValue)
        return TrainSetting { config, value in
            guard let choice = value.asString.flatMap(names.firstIndex).map({ choices[$0] }) else {
                throw Mismatch(value, "one of " + names.joined(separator: ", "))
            }
            set(&config, choice)
        }
    }

    /// One file, a list of files, or an object of the names of data sets and their files.
    private static func files(
        _ set: @escaping @Sendable (inout TrainConfig, [(name: String?, path: String)]) -> Void
    ) -> TrainSetting {
        TrainSetting { config, value in
            let expected = "a file, a list of files, or an object of names and files"
            switch value {
            case .string(let path): set(&config, [(nil, path)])
            case .array(let paths):
                set(
                    &config,
                    try paths.map { path in
                        guard let path = path.asString else { throw Mismatch(value, expected) }
                        return (nil, path)
                    })
            case .object(let members):
                set(
                    &config,
                    try members.sorted { $0.key < $1.key }.map { name, path in
                        guard let path = path.asString else { throw Mismatch(value, expected) }
                        return (name.string, path)
                    })
            default: throw Mismatch(value, expected)
            }
        }
    }

    /// A list of texts, or one.
    private static func texts(_ set: @escaping @Sendable (inout TrainConfig, [String]) -> Void) -> TrainSetting {
        TrainSetting { config, value in
            let values = if case .array(let values) = value { values } else { [value] }
            set(
                &config,
                try values.map { each in
                    guard let text = each.asString else { throw Mismatch(value, "a list of texts") }
                    return text
                })
        }
    }

    private static let optimizer = TrainSetting { config, value in
        let names = ["adamw_torch", "adamw_torch_fused", "adamw", "sgd", "adafactor"]
        switch value.asString {
        case "adamw_torch", "adamw_torch_fused", "adamw": config.arguments.optimizer = .adamW()
        case "sgd": config.arguments.optimizer = .sgd
        case "adafactor": config.arguments.optimizer = .adafactor
        default: throw Mismatch(value, "one of " + names.joined(separator: ", "))
        }
    }

    /// Changes AdamW, which must have been chosen.
    private static func adam(_ change: @escaping @Sendable (inout (Float, Float, Float), Float) -> Void) -> TrainSetting
    {
        .number { config, number in
            guard case .adamW(let beta1, let beta2, let epsilon) = config.arguments.optimizer else { return }
            var numbers = (beta1, beta2, epsilon)
            change(&numbers, Float(number))
            config.arguments.optimizer = .adamW(beta1: numbers.0, beta2: numbers.1, epsilon: numbers.2)
        }
    }

    private static let loss = TrainSetting { config, value in
        // An object without a name holds the losses of data sets by their names.
        if case .object(let members) = value, members["name"] == nil {
            for (name, loss) in members { config.losses[name] = loss }
        } else {
            config.losses[""] = value
        }
    }

    private static let prompts = TrainSetting { config, value in
        config.arguments.prompts = try prompts(value)
    }

    private static func prompts(_ value: JSONValue) throws -> TrainingPrompts {
        switch value {
        case .null: return .none
        case .string(let text): return .all(text)
        case .object(let members):
            if members.values.allSatisfy({ $0.asString != nil }) {
                return .columns(Dictionary(members.map { ($0.key.string, $0.value.asString ?? "") }) { $1 })
            }
            return .datasets(try Dictionary(members.map { ($0.key.string, try prompts($0.value)) }) { $1 })
        default: throw Mismatch(value, "a text, or an object of columns or data sets and texts")
        }
    }

    private static let routerMapping = TrainSetting { config, value in
        guard case .object(let members) = value else { throw Mismatch(value, "an object of columns and routes") }
        for (column, route) in members {
            guard let task = route.asString.flatMap(EncodingTask.init(rawValue:)) else {
                throw Mismatch(route, "query or document")
            }
            config.arguments.routerMapping[column.string] = task
        }
    }

    private static let learningRateMapping = TrainSetting { config, value in
        guard case .object(let members) = value else { throw Mismatch(value, "an object of patterns and rates") }
        config.arguments.learningRateMapping = try members.sorted { $0.key < $1.key }.map { pattern, rate in
            guard let rate = rate.asDouble ?? rate.asString.flatMap(Double.init) else {
                throw Mismatch(rate, "a number")
            }
            return (pattern.string, rate)
        }
    }

    private static let warmupSteps = TrainSetting.number { config, number in
        // As in the reference, less than 1 is a share of the steps.
        if number > 0, number < 1 {
            config.arguments.warmupRatio = number
        } else {
            guard let steps = Int(exactly: number), steps >= 0 else {
                throw Mismatch(.double(number), "a whole number, or a share below 1")
            }
            config.arguments.warmupSteps = steps
        }
    }

    /// What is the same here whatever it says, or must say what it says here.
    private static func only(_ allowed: JSONValue..., because: String) -> TrainSetting {
        TrainSetting { _, value in
            guard allowed.contains(value) else {
                throw Mismatch(
                    value,
                    allowed.map { (try? $0.serialized(.compact)) ?? "" }.joined(separator: " or ") + ": " + because)
            }
        }
    }

    /// Every key.
    static let all: [String: TrainSetting] = [
        "model": .text { $0.model = $1 },
        "train": .files { $0.train = $1 },
        "eval": .files { $0.eval = $1 },
        "output": .text { $0.output = $1 },
        "log": .text { $0.arguments.log = URL(filePath: $1) },
        "loss": loss,

        "model_name": .text { $0.card.name = $1 },
        "language": .texts { $0.card.languages = $1 },
        "license": .text { $0.card.license = $1 },
        "base_model": .text { $0.card.baseModel = $1 },
        "tags": .texts { $0.card.tags = $1 },

        "num_train_epochs": .number { $0.arguments.epochs = $1 },
        "max_steps": TrainSetting { config, value in
            guard let steps = value.asInt, steps == -1 || steps > 0 else {
                throw Mismatch(value, "a whole number of 1 or more, or -1 for none")
            }
            config.arguments.maxSteps = steps == -1 ? nil : steps
        },
        "per_device_train_batch_size": .whole(1) { $0.arguments.batchSize = $1 },
        "per_device_eval_batch_size": .whole(1) { $0.arguments.evaluationBatchSize = $1 },
        "gradient_accumulation_steps": .whole(1) { $0.arguments.gradientAccumulationSteps = $1 },
        "dataloader_drop_last": .flag { $0.arguments.dropsLast = $1 },
        "learning_rate": .number { $0.arguments.learningRate = $1 },
        "learning_rate_mapping": learningRateMapping,
        "lr_scheduler_type": .choice { $0.arguments.schedule = $1 },
        "warmup_ratio": .number { $0.arguments.warmupRatio = $1 },
        "warmup_steps": warmupSteps,
        "optim": optimizer,
        "adam_beta1": .adam { $0.0 = $1 },
        "adam_beta2": .adam { $0.1 = $1 },
        "adam_epsilon": .adam { $0.2 = $1 },
        "weight_decay": .number { $0.arguments.weightDecay = $1 },
        "weight_decay_exclude": .texts { $0.arguments.weightDecayExclude = $1 },
        "max_grad_norm": .number { $0.arguments.maxGradientNorm = $1 },
        "freeze": .texts { $0.arguments.frozen = $1 },
        "seed": .whole { $0.arguments.seed = UInt64($1) },
        "batch_sampler": .choice { $0.arguments.batchSampler = $1 },
        "multi_dataset_batch_sampler": .choice { $0.arguments.multiDatasetBatchSampler = $1 },
        "prompts": prompts,
        "router_mapping": routerMapping,
        "max_seq_length": .whole(1) { $0.arguments.maxSequenceLength = $1 },

        "eval_strategy": .choice { $0.evaluation = $1 },
        "eval_steps": .whole(1) { $0.evalSteps = $1 },
        "save_strategy": .choice { $0.saving = $1 },
        "save_steps": .whole(1) { $0.saveSteps = $1 },
        "save_total_limit": .whole(1) { $0.arguments.saveTotalLimit = $1 },
        "logging_strategy": .choice { $0.logging = $1 },
        "logging_steps": .whole(1) { $0.loggingSteps = $1 },
        "load_best_model_at_end": .flag { $0.arguments.loadsBestModelAtEnd = $1 },
        "metric_for_best_model": .text { $0.arguments.metricForBestModel = $1 },
        "greater_is_better": .flag { $0.arguments.greaterIsBetter = $1 },
        "early_stopping_patience": .whole(1) { $0.arguments.earlyStoppingPatience = $1 },
        "early_stopping_threshold": .number { $0.arguments.earlyStoppingThreshold = $1 },

        "lora": TrainSetting { config, value in config.lora = try LoRASetting.options(value) },
        "dropout": .number { $0.arguments.dropout = $1 },
        "compute": .choice { $0.arguments.compute = $1 },
        "bf16": .flag { if $1 { $0.arguments.compute = .bfloat16 } },
        "fp16": .only(false, because: "float16 products are not computed here; bf16 is"),
        "memory_limit": TrainSetting { config, value in
            config.arguments.memoryLimit = try bytes(value)
        },
        "threads": .whole(1) { $0.arguments.threads = $1 },
        "report_to": .only("none", [], ["none"], because: "the log is a file here"),
        "gradient_checkpointing": .only(false, because: "memory_limit does this here"),
    ]

    /// A number of bytes, or a text such as "2 GiB".
    private static func bytes(_ value: JSONValue) throws -> Int {
        if let count = value.asInt, count > 0 { return count }
        let units = ["gib": 30, "gb": 30, "g": 30, "mib": 20, "mb": 20, "m": 20, "kib": 10, "k": 10]
        if let text = value.asString?.lowercased() {
            let digits = text.prefix { $0.isNumber || $0 == "." }
            let unit = text.dropFirst(digits.count).trimmingPrefix(" ")
            if let number = Double(digits), number > 0, let shift = units[String(unit)] {
                return Int(number * Double(1 << shift))
            }
        }
        throw Mismatch(value, "a number of bytes, or a text such as \"2 GiB\"")
    }
}
