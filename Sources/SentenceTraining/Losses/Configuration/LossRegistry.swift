// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTransformers

/// A loss that a configuration can name.
package protocol RegisteredLoss: Loss {
    /// The class name in the reference.
    static var name: String { get }
    /// Reads all arguments that the loss knows.
    ///
    /// - Throws: ``TrainingError`` for a value that is none; what loading a guide model throws.
    init(_ arguments: inout LossArguments) throws
}

extension RegisteredLoss {
    package var className: String { Self.name }
}

/// All losses by their names.
enum LossRegistry {
    typealias Maker = @Sendable (inout LossArguments) throws -> any Loss

    private static let classes: [any RegisteredLoss.Type] = [
        ADRMSELoss.self, AdaptiveLayerLoss.self, AnglELoss.self, BatchAllTripletLoss.self,
        BatchHardSoftMarginTripletLoss.self,
        BatchHardTripletLoss.self, BatchSemiHardTripletLoss.self, BinaryCrossEntropyLoss.self, CoSENTLoss.self,
        ContrastiveLoss.self, ContrastiveTensionLoss.self, ContrastiveTensionLossInBatchNegatives.self,
        CosineSimilarityLoss.self, CrossEntropyLoss.self, DenoisingAutoEncoderLoss.self, DistillKLDivLoss.self,
        EmbedDistillLoss.self, GISTEmbedLoss.self, GlobalOrthogonalRegularizationLoss.self, LambdaLoss.self,
        ListMLELoss.self, ListNetLoss.self, MSELoss.self,
        MarginMSELoss.self, MatryoshkaLoss.self, Matryoshka2dLoss.self, MegaBatchMarginLoss.self,
        MultiVectorDistillKLDivLoss.self, MultiVectorMarginMSELoss.self, MultiVectorMultipleNegativesRankingLoss.self,
        MultipleNegativesRankingLoss.self, MultipleNegativesSymmetricRankingLoss.self, OnlineContrastiveLoss.self,
        PListMLELoss.self,
        RankNetLoss.self, SoftmaxLoss.self,
        SparseAnglELoss.self, SparseCoSENTLoss.self, SparseCosineSimilarityLoss.self, SparseDistillKLDivLoss.self,
        SparseMSELoss.self, SparseMarginMSELoss.self, SparseMultipleNegativesRankingLoss.self, SparseTripletLoss.self,
        SpladeLoss.self, TripletLoss.self,
    ]

    /// The losses of which there is a second kind that embeds texts twice to save memory.
    private static let cached: [any RegisteredLoss.Type] = [
        GISTEmbedLoss.self, MultiVectorMultipleNegativesRankingLoss.self, MultipleNegativesRankingLoss.self,
        MultipleNegativesSymmetricRankingLoss.self, SpladeLoss.self,
    ]

    /// The losses of cross-encoders that share their names with others.
    private static let ofCrossEncoders: [any RegisteredLoss.Type] = [
        CrossEncoderMSELoss.self, CrossEncoderMarginMSELoss.self, CrossEncoderMultipleNegativesRankingLoss.self,
    ]
    private static let cachedOfCrossEncoders: [any RegisteredLoss.Type] = [
        CrossEncoderMultipleNegativesRankingLoss.self
    ]

    /// What makes each loss of its arguments.
    private static let makers = makers(classes, cached: cached)
    private static let crossEncoderMakers = makers(ofCrossEncoders, cached: cachedOfCrossEncoders)

    private static func makers(
        _ classes: [any RegisteredLoss.Type], cached: [any RegisteredLoss.Type]
    ) -> [ExactString: Maker] {
        var makers: [ExactString: Maker] = [:]
        for type in classes { makers[type.name] = { try type.init(&$0) } }
        for type in cached {
            makers["Cached\(type.name)"] = { arguments in
                arguments.ignore("mini_batch_size", "mini_batch_num_tokens", "show_progress_bar")
                return CachedLoss(try type.init(&arguments))
            }
        }
        return makers
    }

    /// The names of all losses.
    static var names: [String] { makers.keys.sortedStrings }

    /// The loss that a configuration names: by its name alone, or as an object of its name and arguments.
    ///
    /// Some names stand for another loss if the model is a cross-encoder.
    static func loss(_ configuration: JSONValue, for kind: ModelKind? = nil) throws -> any Loss {
        var values = configuration.asObject ?? [:]
        guard let name = configuration.asString ?? values.removeValue(forKey: "name")?.asString else {
            throw TrainingError(
                .invalidArgument,
                "a loss is a name or an object with a \"name\", found \(configuration.summary); "
                    + "a name is such as \"MultipleNegativesRankingLoss\"")
        }
        let ofKind = kind == .crossEncoder ? crossEncoderMakers[name] : nil
        guard let maker = ofKind ?? makers[name] else {
            throw TrainingError(
                .invalidArgument,
                "there is no loss \(name.quoted)"
                    + (NearestName.to(name, among: names).map { "; did you mean \($0.quoted)?" }
                        ?? "; there are " + names.joined(separator: ", ")))
        }
        var arguments = LossArguments(name: name, values: values)
        let loss = try maker(&arguments)
        try arguments.finish()
        return loss
    }
}

extension TrainingLoss {
    /// The loss that a configuration names, such as `"MultipleNegativesRankingLoss"` or
    /// `{"name": "MatryoshkaLoss", "loss": "CoSENTLoss", "matryoshka_dims": [384, 192]}`.
    ///
    /// Names and arguments are those of the reference; a guide model is the path of its folder. The kind of the model decides
    /// between losses that share a name.
    /// - Throws: ``TrainingError`` for a name or argument that there is not, and values that make no sense; what loading
    ///   a guide model throws.
    package init(configuration: JSONValue, for kind: ModelKind? = nil) throws {
        self.init(try LossRegistry.loss(configuration, for: kind))
    }

    /// The names of all losses, in the order of the alphabet.
    public static var names: [String] { LossRegistry.names }
}
