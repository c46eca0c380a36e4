// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceEncoders
import SentenceTensors

extension Transformer {
    /// The options of its adapter; nil if it has none.
    var adapterOptions: LoRAOptions? { adapter?.config.options }

    mutating func addAdapter(_ options: LoRAOptions, random: RandomStream) throws {
        try requireNoAdapter()
        setAdapter(try TransformerAdapter(options, for: adapterNames, base: source.url, random: random))
    }

    mutating func loadAdapter(_ folder: ModuleFolder) throws {
        try requireNoAdapter()
        let (adapter, values) = try TransformerAdapter.read(folder, for: adapterNames)
        update(values)
        setAdapter(adapter)
    }

    mutating func mergeAdapter() {
        guard let adapter else { return }
        let values = adapter.merged(adapterNames)
        setAdapter(nil)
        update(values)
    }

    /// - Throws: ``CheckpointError`` if parameters that the adapter replaced cannot be read again.
    mutating func removeAdapter() throws {
        guard let adapter else { return }
        var values = ParameterValues()
        for parameter in parameters where adapter.whole.contains(.init(parameter.name)) {
            values[parameter.parameter] = try checkpoint.tensor(named: parameter.name)
        }
        setAdapter(nil)
        update(values)
    }

    private func requireNoAdapter() throws {
        guard adapter != nil else { return }
        throw SentenceTransformersError(
            .invalidArgument,
            "the model has an adapter; merge it (mergingAdapter), or put the other one on the model without it "
                + "(removingAdapter)")
    }
}
