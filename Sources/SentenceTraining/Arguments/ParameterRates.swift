// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// The learning rate and weight decay of each parameter, by its name.
struct ParameterRates: Sendable {
    private let rates: [(learningRate: Double, weightDecay: Double)]
    private let schedule: LearningRateSchedule
    private let warmup: Int
    private let total: Int

    /// Names of parameters that do not decay by default: biases, and what norms learn, of which the reference finds some
    /// by their type.
    static let defaultExclude = [
        "(?i)bias", "(?i)layer_?norm", "(?i)rmsnorm", #"(?i)(^|[._])norm\d?\."#, #"(^|\.)ln_\w+\."#,
    ]

    /// - Throws: ``TrainingError`` for a pattern that is none, or that matches no parameter.
    init(_ names: [String], _ arguments: TrainingArguments, total: Int) throws {
        let exclude = try (arguments.weightDecayExclude ?? Self.defaultExclude).map(NamePattern.init)
        let mapping = try arguments.learningRateMapping.map { (try NamePattern($0.pattern), $0.rate) }
        for (pattern, _) in mapping where !names.contains(where: pattern.matches) {
            throw TrainingError(
                .invalidArgument,
                "no parameter's name contains \(pattern.text), to which a learning rate is given; "
                    + "a name is such as \(names.first ?? "0.weight")")
        }
        rates = names.map { name in
            (
                mapping.first { $0.0.matches(name) }?.1 ?? arguments.learningRate,
                exclude.contains { $0.matches(name) } ? 0 : arguments.weightDecay
            )
        }
        schedule = arguments.schedule
        self.total = total
        warmup =
            arguments.warmupSteps > 0
            ? arguments.warmupSteps : Int((Double(total) * arguments.warmupRatio).rounded(.up))
    }

    /// The rates of a step, given how many came before.
    func callAsFunction(step: Int) -> [ParameterRate] {
        rates.map { rate in
            ParameterRate(
                learningRate: Float(rate.learningRate * factor(step, rate.learningRate)),
                weightDecay: Float(rate.weightDecay))
        }
    }

    /// The learning rate of most parameters, for the log.
    func learningRate(step: Int, _ arguments: TrainingArguments) -> Double {
        arguments.learningRate * factor(step, arguments.learningRate)
    }

    private func factor(_ step: Int, _ rate: Double) -> Double {
        schedule.factor(step: step, warmup: warmup, total: total, rate: rate)
    }
}

/// A regular expression for names of parameters.
struct NamePattern: @unchecked Sendable {
    // `Regex` is a value that does not change once it is made; its type does not say so.
    private let regex: Regex<AnyRegexOutput>
    let text: String

    /// - Throws: ``TrainingError`` if it is no regular expression.
    init(_ text: String) throws {
        self.text = text
        do { regex = try Regex(text) } catch {
            throw TrainingError(.invalidArgument, "\"\(text)\" is no regular expression: \(error)")
        }
    }

    /// Whether a name contains a match.
    func matches(_ name: String) -> Bool { name.firstMatch(of: regex) != nil }
}
