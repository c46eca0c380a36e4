// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTransformers

/// Measures how well the similarities of pairs follow given scores: Pearson's and Spearman's correlation.
///
/// For a ``SparseEncoder``, also how sparse its embeddings are.
public struct EmbeddingSimilarityEvaluator<Model: SimilarityEncoder>: Evaluator
where Model.Similarity == SimilarityFunction {
    /// What precedes the names of metrics.
    public let name: String
    private let first: [String]
    private let second: [String]
    private let scores: [Double]
    private let functions: ComparedFunctions<Model>
    private let options: Model.Options
    /// What is done with the embeddings of both sides before they are compared, and its name in the file's.
    private let change: (name: String, body: @Sendable (Model.Embeddings, Model.Embeddings) throws -> Sides)?

    private typealias Sides = (Model.Embeddings, Model.Embeddings)

    /// An evaluator for pairs with a score each.
    ///
    /// - Parameters:
    ///   - pairs: At least two pairs.
    ///   - scores: How similar the texts of each pair are, on any scale.
    ///   - similarityFunctions: What embeddings are compared with; the model's function if empty.
    ///   - mainSimilarity: The function whose correlation decides; the best one if nil.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if there are not as many scores as pairs, or too few.
    public init(
        pairs: [(String, String)], scores: [Double], similarityFunctions: [Model.Similarity] = [],
        mainSimilarity: Model.Similarity? = nil, name: String = "", options: Model.Options = .init()
    ) throws {
        try EvaluationData.check(pairs.count, scores.count, "scores", least: 2)
        (first, second) = (pairs.map(\.0), pairs.map(\.1))
        self.scores = scores
        functions = ComparedFunctions(similarityFunctions, main: mainSimilarity)
        self.name = name
        self.options = options
        change = nil
    }

    /// Texts that are encoded.
    public var inputCount: Int? { first.count + second.count }

    /// `pearson_` and `spearman_` of each function, and the largest of both if there are several.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        var a = try model.encode(first, options: options), b = try model.encode(second, options: options)
        if let change { (a, b) = try change.body(a, b) }
        var samples: [String: MetricSample] = [:]
        var pearson: [Metric] = [], spearman: [Metric] = []
        var row: [(String, Double)] = []
        for function in functions.functions(of: model) {
            let found = try Model.pairwiseSimilarities(a, b, by: function).map(Double.init)
            pearson.append(Metric("pearson_\(function.rawValue)", Correlation.pearson(scores, found)))
            spearman.append(Metric("spearman_\(function.rawValue)", Correlation.spearman(scores, found)))
            samples["pearson_\(function.rawValue)"] = .pearson(scores, found)
            samples["spearman_\(function.rawValue)"] = .spearman(scores, found)
            for metric in [pearson, spearman].compactMap(\.last) {
                let kind = metric.name.prefix { $0 != "_" }
                row.append(("\(function.rawValue)_\(kind)", metric.value))
            }
        }
        var metrics = zip(pearson, spearman).flatMap { [$0, $1] }
        if pearson.count > 1 {
            metrics.append(Metric("pearson_max", pearson.map(\.value).max() ?? .nan))
            metrics.append(Metric("spearman_max", spearman.map(\.value).max() ?? .nan))
        }
        var sparsity = SparsityCount()
        for side in [a, b] { sparsity.add(side, of: Model.self) }
        metrics += sparsity.metrics()
        row += sparsity.metrics().map { ($0.name, $0.value) }
        return result(
            metrics, primary: "spearman_\(functions.deciding(model))",
            EvaluationRow(
                file: fileName("similarity_evaluation", ending: (change.map { "_" + $0.name } ?? "") + "_results.csv"),
                row), samples: samples)
    }
}

extension EmbeddingSimilarityEvaluator where Model == SentenceTransformer {
    /// An evaluator for pairs with a score each, whose embeddings are compared as they are when stored with fewer bits.
    ///
    /// Embeddings are normalised and quantized, those of 8 bits with the ranges of both sides together; bits are compared
    /// as zeros and ones.
    ///
    /// - Parameters:
    ///   - pairs: At least two pairs.
    ///   - scores: How similar the texts of each pair are, on any scale.
    ///   - precision: How embeddings are stored.
    ///   - similarityFunctions: What embeddings are compared with; the model's function if empty.
    ///   - mainSimilarity: The function whose correlation decides; the best one if nil.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if there are not as many scores as pairs, or too few.
    public init(
        pairs: [(String, String)], scores: [Double], precision: EmbeddingPrecision,
        similarityFunctions: [SimilarityFunction] = [], mainSimilarity: SimilarityFunction? = nil, name: String = "",
        options: EncodeOptions = .init()
    ) throws {
        try EvaluationData.check(pairs.count, scores.count, "scores", least: 2)
        (first, second) = (pairs.map(\.0), pairs.map(\.1))
        self.scores = scores
        functions = ComparedFunctions(similarityFunctions, main: mainSimilarity)
        self.name = name
        var options = options
        options.normalizeEmbeddings = true
        self.options = options
        change = (precision.rawValue, { try Self.quantized($0, $1, precision) })
    }

    /// The numbers that the codes of both sides are.
    private static func quantized(
        _ a: Matrix, _ b: Matrix, _ precision: EmbeddingPrecision
    ) throws -> (Matrix, Matrix) {
        guard precision != .float32 else { return (a, b) }
        let ranges = QuantizationRanges(calibrating: a).united(with: QuantizationRanges(calibrating: b))
        func numbers(_ side: Matrix) throws -> Matrix {
            let codes = try quantizeEmbeddings(side, precision: precision, ranges: ranges)
            let numbers: [Float] =
                switch precision {
                case .float32: []
                case .int8: codes.bytes.map { Float(Int8(bitPattern: $0)) }
                case .uint8: codes.bytes.map { Float($0) }
                // Bytes of bits are stored minus 128, which flips the highest bit.
                case .binary: codes.bytes.flatMap { Self.bits($0 ^ 0x80) }
                case .ubinary: codes.bytes.flatMap(Self.bits)
                }
            return try Matrix(numbers, rows: side.rows, columns: numbers.count / max(1, side.rows))
        }
        return (try numbers(a), try numbers(b))
    }

    /// The bits of a byte, highest first.
    private static func bits(_ byte: UInt8) -> [Float] { (0..<8).map { Float(byte >> (7 - UInt8($0)) & 1) } }
}
