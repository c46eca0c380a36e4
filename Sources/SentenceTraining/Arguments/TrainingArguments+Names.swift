// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

extension TrainingArguments {
    /// The arguments that are not the defaults, by the names that files of settings have for them.
    ///
    /// Not those that change nothing but where files go.
    var changed: [(name: String, value: String)] {
        zip(described, TrainingArguments().described).filter { $0.value != $1.value }.map(\.0)
    }

    private var described: [(name: String, value: String)] {
        [
            ("num_train_epochs", "\(epochs)"), ("max_steps", maxSteps.map { "\($0)" } ?? "-1"),
            ("per_device_train_batch_size", "\(batchSize)"),
            ("per_device_eval_batch_size", evaluationBatchSize.map { "\($0)" } ?? ""),
            ("gradient_accumulation_steps", "\(gradientAccumulationSteps)"),
            ("dataloader_drop_last", "\(dropsLast)"), ("learning_rate", "\(learningRate)"),
            ("learning_rate_mapping", learningRateMapping.map { "\($0.pattern): \($0.rate)" }.joined(separator: ", ")),
            ("lr_scheduler_type", schedule.rawValue), ("warmup_ratio", "\(warmupRatio)"),
            ("warmup_steps", "\(warmupSteps)"),
        ] + optimizer.described + [
            ("weight_decay", "\(weightDecay)"),
            ("weight_decay_exclude", weightDecayExclude?.joined(separator: ", ") ?? ""),
            ("max_grad_norm", "\(maxGradientNorm)"), ("freeze", frozen.joined(separator: ", ")), ("seed", "\(seed)"),
            ("batch_sampler", batchSampler.rawValue),
            ("multi_dataset_batch_sampler", multiDatasetBatchSampler.rawValue), ("prompts", prompts.described),
            (
                "router_mapping",
                routerMapping.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            ),
            ("max_seq_length", maxSequenceLength.map { "\($0)" } ?? ""), ("eval_strategy", evaluation.described),
            ("save_strategy", saving.described), ("logging_strategy", logging.described),
            ("load_best_model_at_end", "\(loadsBestModelAtEnd)"),
            ("metric_for_best_model", metricForBestModel ?? ""),
            ("greater_is_better", greaterIsBetter.map { "\($0)" } ?? ""),
            ("early_stopping_patience", earlyStoppingPatience.map { "\($0)" } ?? ""),
            ("early_stopping_threshold", "\(earlyStoppingThreshold)"), ("dropout", dropout.map { "\($0)" } ?? ""),
            ("compute", compute.rawValue), ("memory_limit", memoryLimit.map { "\($0)" } ?? ""),
        ]
    }
}

extension TrainingArguments.Interval {
    fileprivate var described: String {
        switch self {
        case .never: "no"
        case .steps(let steps): "steps, every \(steps)"
        case .epochs: "epoch"
        }
    }
}

extension Optimizer {
    /// The same number of arguments for every optimizer.
    fileprivate var described: [(name: String, value: String)] {
        let (name, betas, epsilon) =
            switch self {
            case .adamW(let beta1, let beta2, let epsilon): ("adamw_torch", (beta1, beta2), epsilon)
            case .sgd: ("sgd", (0.9, 0.999), 1e-8)
            case .adafactor: ("adafactor", (Float(0.9), Float(0.999)), Float(1e-8))
            }
        return [
            ("optim", name), ("adam_beta1", "\(betas.0)"), ("adam_beta2", "\(betas.1)"), ("adam_epsilon", "\(epsilon)"),
        ]
    }
}

extension TrainingPrompts {
    fileprivate var described: String {
        switch self {
        case .none: ""
        case .all(let text): text
        case .columns(let texts):
            texts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        case .datasets(let sets):
            sets.sorted { $0.key < $1.key }.map { "\($0.key): (\($0.value.described))" }.joined(separator: ", ")
        }
    }
}
