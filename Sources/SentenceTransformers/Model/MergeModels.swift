// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceEncoders
import SentenceFiles
import SentenceTensors
import SentenceTokenizers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How the weights of several models become those of one.
public enum MergeMethod: Sendable, Equatable {
    /// Their mean, weighted by the given numbers, which are scaled to a sum of 1; all count the same if nil.
    ///
    /// Wortsman et al., *Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing
    /// inference time*, 2022, <https://arxiv.org/abs/2203.05482>.
    case linear(weights: [Double]? = nil)
    /// A point on the great circle between the tensors of two models: those of the first at 0, of the second at 1.
    ///
    /// Shoemake, *Animating Rotation with Quaternion Curves*, 1985, <https://doi.org/10.1145/325334.325242>.
    case slerp(fraction: Double = 0.5)
}

/// A model whose weights lie between those of several models that were trained from the same one.
///
/// Everything else, such as tokenizer, prompts and settings, is the first model's.
///
/// - Parameters:
///   - models: Two or more models of the same architecture, with the same vocabulary.
///   - method: How weights are combined.
/// - Returns: The model.
/// - Throws: ``SentenceTransformersError`` that names what differs, or for numbers that do not fit.
public func mergeModels<Model: BaseModel>(
    _ models: [Model], by method: MergeMethod = .linear()
) throws -> Model {
    guard models.count > 1, let first = models.first else {
        throw SentenceTransformersError(
            .invalidArgument, "\(models.count) models were given to merge; expected 2 or more")
    }
    try method.check(count: models.count)
    for model in models {
        guard model.adapter == nil else {
            throw SentenceTransformersError(
                .invalidArgument,
                "the model in \(model.directory.path) has an adapter; merge that one first (mergingAdapter)")
        }
    }
    for other in models.dropFirst() { try first.pipeline.requireSameShape(as: other.pipeline) }
    let others = models.map { model in
        Dictionary(model.pipeline.parameters.map { (ExactString($0.name), $0.parameter.tensor) }) { first, _ in first }
    }
    var pipeline = first.pipeline
    var values = ParameterValues()
    for named in pipeline.parameters.distinct {
        let tensors = others.compactMap { $0[ExactString(named.name)]?.float32() }
        values[named.parameter] = method.combined(tensors)
    }
    pipeline.update(values)
    return try Model(pipeline: pipeline)
}

extension MergeMethod {
    /// Beyond this cosine two tensors are nearly parallel, and the circle through them is not defined well.
    private static let parallel = 0.9995

    fileprivate func check(count: Int) throws {
        func refuse(_ message: String) -> SentenceTransformersError {
            SentenceTransformersError(.invalidArgument, message)
        }
        switch self {
        case .linear(nil): break
        case .linear(let weights?):
            guard weights.count == count else {
                throw refuse("\(weights.count) weights were given for \(count) models")
            }
            guard weights.allSatisfy(\.isFinite), weights.reduce(0, +) > 0 else {
                throw refuse("the weights of models are \(weights); expected numbers with a positive sum")
            }
        case .slerp(let fraction):
            guard count == 2 else { throw refuse("slerp lies between 2 models, and \(count) were given; use linear") }
            guard (0...1).contains(fraction) else { throw refuse("the fraction is \(fraction); expected 0 to 1") }
        }
    }

    /// One tensor of several.
    fileprivate func combined(_ tensors: [Tensor]) -> Tensor {
        switch self {
        case .linear(let weights):
            let weights = weights ?? tensors.map { _ in 1 }, sum = weights.reduce(0, +)
            return Self.sum(zip(tensors, weights).map { ($0, $1 / sum) })
        case .slerp(let fraction):
            let (a, b) = (tensors[0], tensors[1])
            let lengths = (Self.dot(a, a) * Self.dot(b, b)).squareRoot()
            let cosine = lengths > 0 ? min(1, max(-1, Self.dot(a, b) / lengths)) : 1
            guard abs(cosine) <= Self.parallel else { return Self.sum([(a, 1 - fraction), (b, fraction)]) }
            let angle = acos(cosine)
            let (from, to) = (sin((1 - fraction) * angle), sin(fraction * angle))
            return Self.sum([(a, from / sin(angle)), (b, to / sin(angle))])
        }
    }

    private static func sum(_ parts: [(tensor: Tensor, weight: Double)]) -> Tensor {
        parts.dropFirst().reduce(Float(parts[0].weight) * parts[0].tensor) { $0 + Float($1.weight) * $1.tensor }
    }

    private static func dot(_ a: Tensor, _ b: Tensor) -> Double {
        zip(a.floats, b.floats).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}

extension ModelPipeline {
    /// - Throws: ``SentenceTransformersError`` that names what another model has otherwise.
    fileprivate func requireSameShape(as other: ModelPipeline) throws {
        func differs(_ what: String, _ mine: String, _ others: String) -> SentenceTransformersError {
            SentenceTransformersError(
                .mismatchedModules,
                "models with another \(what) cannot be merged: \(mine) in \(directory.path), \(others) in "
                    + "\(other.directory.path)")
        }
        let mine = modules.map { "\(type(of: $0).className)" },
            others = other.modules.map { "\(type(of: $0).className)" }
        guard mine == others else {
            throw differs("list of modules", mine.joined(separator: ", "), others.joined(separator: ", "))
        }
        for (a, b) in zip(modules, other.modules) {
            guard a.summary == b.summary else { throw differs(type(of: a).className, a.summary, b.summary) }
            if let a = a as? Transformer, let b = b as? Transformer, a.encoder.spec != b.encoder.spec {
                throw differs("configuration of the transformer", "one", "another")
            }
            if let a = (a as? any InputModule)?.tokenizer, let b = (b as? any InputModule)?.tokenizer,
                let id = a.firstDifference(from: b)
            {
                throw differs(
                    "vocabulary", "token \(id) is \(a.token(of: id) ?? "none")", "it is \(b.token(of: id) ?? "none")")
            }
        }
        let shapes = Dictionary(other.parameters.map { (ExactString($0.name), $0.parameter.tensor.shape) }) { $1 }
        for named in parameters {
            let shape = named.parameter.tensor.shape
            guard let found = shapes[ExactString(named.name)] else {
                throw differs("set of tensors", named.name, "no such")
            }
            guard found == shape else { throw differs("shape of \(named.name)", "\(shape)", "\(found)") }
        }
    }
}

extension Tokenizer {
    /// The first id that means another token in another tokenizer; nil if none does.
    fileprivate func firstDifference(from other: Tokenizer) -> Int32? {
        (0..<Int32(max(vocabularySize, other.vocabularySize))).first {
            token(of: $0).map { ExactString($0) } != other.token(of: $0).map { ExactString($0) }
        }
    }
}
