// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import struct FoundationEssentials.URL
#else
    import struct Foundation.URL
#endif

/// Which file holds which tensor of a checkpoint that is split into several files.
struct ShardIndex {
    /// For each file, the names of the tensors in it.
    let tensorNames: [ExactString: Set<ExactString>]

    /// Reads an index such as `model.safetensors.index.json`.
    ///
    /// - Throws: ``CheckpointError`` with code `notFound`, `unreadable`, `invalidFormat` or `invalidConfig`.
    init(url: URL) throws {
        let config = try ModelConfig(url: url)
        let map = try config.object("weight_map")
        var tensorNames: [ExactString: Set<ExactString>] = [:]
        for tensor in map.keys {
            let file = try map.string(tensor)
            guard file.isRelativePath else {
                throw map.error(tensor, "expected the name of a file inside the folder")
            }
            tensorNames[file, default: []].insert(tensor)
        }
        guard !tensorNames.isEmpty else { throw config.error("weight_map", "expected at least one tensor") }
        self.tensorNames = tensorNames
    }
}
