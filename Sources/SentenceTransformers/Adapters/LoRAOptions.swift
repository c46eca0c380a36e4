// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a LoRA adapter changes a model: which matrices get a pair of narrow ones, and how narrow these are.
///
/// Hu et al., *LoRA: Low-Rank Adaptation of Large Language Models*, 2021, <https://arxiv.org/abs/2106.09685>.
public struct LoRAOptions: Sendable, Equatable {
    /// The size between the two matrices of a pair, PEFT's `r`; at least 1.
    public var rank = 8
    /// What the product of a pair is multiplied with, times the rank: PEFT's `lora_alpha`.
    public var alpha = 8.0
    /// The probability with which training leaves out numbers of a pair's input, 0 to 1: `lora_dropout`.
    public var dropout = 0.0
    /// Which matrices get a pair.
    public var targets = Targets.standard
    /// Names of modules that are trained and saved whole, such as `classifier`: `modules_to_save`.
    public var modulesToSave: [String] = []
    /// Whether `alpha` is divided by the square root of the rank instead of the rank: `use_rslora`.
    ///
    /// Kalajdzievski, *A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA*, 2023,
    /// <https://arxiv.org/abs/2312.03732>.
    public var isRankStabilized = false

    /// Which matrices get a pair, by the names of their layers as PEFT sees them.
    public enum Targets: Sendable, Equatable {
        /// Those that PEFT chooses for the family, which are mostly queries and values; all linear layers where it
        /// knows none.
        case standard
        /// All linear layers of the encoder, without the head: `all-linear`.
        case allLinear
        /// Layers whose names are one of these, or end with a dot and one of these.
        case modules([String])
        /// Layers whose whole names match a regular expression.
        case pattern(String)
    }

    /// Options of the given rank; alpha is the rank unless it is given.
    public init(rank: Int = 8, alpha: Double? = nil, dropout: Double = 0, targets: Targets = .standard) {
        self.rank = rank
        self.alpha = alpha ?? Double(rank)
        self.dropout = dropout
        self.targets = targets
    }

    /// What the product of a pair is multiplied with.
    func scale(rank: Int, alpha: Double) -> Float {
        Float(isRankStabilized ? alpha / Double(rank).squareRoot() : alpha / Double(rank))
    }

    /// - Throws: ``SentenceTransformersError`` for a number out of range.
    func check() throws {
        try SentenceTransformersError.requirePositive(rank, "rank")
        guard alpha.isFinite, (0...1).contains(dropout) else {
            throw SentenceTransformersError(
                .invalidArgument,
                "an adapter's alpha is \(alpha), its dropout \(dropout); expected a number, and 0 to 1")
        }
    }
}

extension LoRAOptions.Targets {
    /// Queries and values, as PEFT names them by family.
    private static let families: [String: [String]] = [
        "bert": ["query", "value"], "roberta": ["query", "value"], "xlm-roberta": ["query", "value"],
        "electra": ["query", "value"], "camembert": ["query", "value"], "deberta-v2": ["query_proj", "value_proj"],
        "deberta": ["in_proj"], "t5": ["q", "v"], "mt5": ["q", "v"], "llama": ["q_proj", "v_proj"],
        "mistral": ["q_proj", "v_proj"], "qwen2": ["q_proj", "v_proj"], "qwen3": ["q_proj", "v_proj"],
        "gemma3_text": ["q_proj", "v_proj"],
    ]

    /// The same, with the choice for a family made.
    func resolved(modelType: String?) -> Self {
        guard self == .standard else { return self }
        return modelType.flatMap { Self.families[$0] }.map { .modules($0) } ?? .allLinear
    }

    /// Chooses among the names of layers.
    ///
    /// - Parameters:
    ///   - names: The names of all layers that can have an adapter.
    ///   - isInEncoder: Whether the layer of a name is one of the encoder, and not of a head.
    /// - Returns: The chosen names, in their order.
    /// - Throws: ``SentenceTransformersError`` if there are none, or for what is no regular expression.
    func choose(among names: [String], isInEncoder: (String) -> Bool) throws -> [String] {
        let chosen: [String]
        switch self {
        case .standard, .allLinear: chosen = names.filter(isInEncoder)
        case .modules(let ends):
            chosen = names.filter { name in ends.contains { name == $0 || name.hasSuffix(".\($0)") } }
        case .pattern(let pattern):
            let regex: Regex<AnyRegexOutput>
            do { regex = try Regex(pattern) } catch {
                throw SentenceTransformersError(
                    .invalidArgument, "\"\(pattern)\" is no regular expression for the targets of an adapter: \(error)")
            }
            chosen = names.filter { $0.wholeMatch(of: regex) != nil }
        }
        guard !chosen.isEmpty else {
            throw SentenceTransformersError(
                .invalidArgument,
                "no layer has one of the names that the adapter is for; layers are \(Self.examples(of: names))")
        }
        return chosen
    }

    /// The last parts of the names, each once.
    private static func examples(of names: [String]) -> String {
        var seen: Set<Substring> = []
        return names.compactMap { $0.split(separator: ".").last }.filter { seen.insert($0).inserted }
            .joined(separator: ", ")
    }
}
