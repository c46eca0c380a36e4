// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension BaseModel {
    /// The model with a new LoRA adapter, which training then changes instead of the weights.
    ///
    /// It computes what the model without it does until it is trained, and shares its weights. Saving it writes the
    /// adapter alone, in PEFT's layout, and the name of the model that it changes.
    ///
    /// - Parameters:
    ///   - options: Which layers are changed, and how.
    ///   - seed: The seed of the numbers that the adapter begins with.
    /// - Returns: The model with the adapter.
    /// - Throws: ``SentenceTransformersError`` if the model has an adapter or no transformer, or options do not fit.
    public func addingAdapter(_ options: LoRAOptions = LoRAOptions(), seed: UInt64 = 42) throws -> Self {
        let random = RandomStream(seed: seed, step: 0)
        return try changingTransformer { try $0.addAdapter(options, random: random) }
    }

    /// The model with an adapter that was trained for it, here or with PEFT.
    ///
    /// Any number of models with adapters of their own share the weights of the one that they were made from.
    ///
    /// - Parameter directory: The folder with `adapter_config.json` and `adapter_model.safetensors`.
    /// - Returns: The model with the adapter.
    /// - Throws: `CheckpointError` if the adapter is of another kind or for another model; ``SentenceTransformersError`` if
    ///   the model has an adapter or no transformer.
    public func loadingAdapter(from directory: URL) throws -> Self {
        try changingTransformer { try $0.loadAdapter(ModuleFolder(directory)) }
    }

    /// The model with what its adapter adds merged into its weights, as fast as a model without an adapter.
    ///
    /// - Returns: The model without an adapter, or the same one if it has none.
    /// - Throws: ``SentenceTransformersError`` if the model has no transformer.
    public func mergingAdapter() throws -> Self { try changingTransformer { $0.mergeAdapter() } }

    /// The model as it is without its adapter.
    ///
    /// - Returns: The model, or the same one if it has no adapter.
    /// - Throws: ``SentenceTransformersError`` if the model has no transformer.
    public func removingAdapter() throws -> Self { try changingTransformer { try $0.removeAdapter() } }

    /// The options of the model's adapter; nil if it has none.
    public var adapter: LoRAOptions? { pipeline.modules.lazy.compactMap { ($0 as? Transformer)?.adapterOptions }.first }

    private func changingTransformer(_ change: (inout Transformer) throws -> Void) throws -> Self {
        var pipeline = pipeline
        try pipeline.changeTransformer(change)
        return try Self(pipeline: pipeline)
    }
}
