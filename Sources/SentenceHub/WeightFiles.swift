// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import SentenceFiles

/// The weights in one folder: if it has several forms, the one that loading prefers.
struct WeightFiles {
    private static let singleFiles = [
        "model.safetensors", "pytorch_model.bin", "adapter_model.safetensors", "adapter_model.bin",
    ]
    /// The file name reported as missing for a folder without weights.
    static let usualName = singleFiles[0]

    /// The names of the files, an index first; empty if the folder has no weights.
    let names: [String]

    /// Selects among the files of a folder.
    ///
    /// - Parameters:
    ///   - exists: Whether the folder has, or should have, a file with this name.
    ///   - read: Returns the content of a file in the folder; nil if it does not exist (yet).
    ///   - all: The names of all files; if the index cannot be read, those with the right suffix are used.
    init(exists: (String) -> Bool, read: (String) throws -> Data?, all: [String] = []) rethrows {
        for single in Self.singleFiles {
            if exists(single) {
                names = [single]
                return
            }
            let index = single + ".index.json"
            guard exists(index) else { continue }
            let ending = "." + (single.split(separator: ".").last ?? "")
            let shards = try read(index).flatMap(Self.shards) ?? all.filter { $0.hasExactSuffix(ending) }
            names = [index] + shards
            return
        }
        names = []
    }

    /// Whether a file may belong to weights in any form.
    static func mayBe(_ name: String) -> Bool {
        [".safetensors", ".bin", ".safetensors.index.json", ".bin.index.json"].contains(where: name.hasExactSuffix)
    }

    private static func shards(_ data: Data) -> [String]? {
        guard let places = JSONValue(reading: data)?.asObject?["weight_map"]?.asObject else { return nil }
        return Set(exact: places.values.compactMap(\.asString)).sortedStrings.filter(\.isRelativePath)
    }
}
