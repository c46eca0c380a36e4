// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension Tokenizer {
    /// A hash of all files of the tokenizer.
    package var contentHash: UInt64 {
        var hash = ByteHash()
        for (name, data) in files.contents.sorted(by: { $0.key < $1.key }) {
            hash.add(name)
            data.withUnsafeBytes { hash.add($0) }
        }
        return hash.value
    }

    /// Whether a file of a model's folder belongs to its tokenizer.
    package static func isFile(_ name: String) -> Bool { TokenizerFiles.names.contains(name) }

    /// The tokenizer that the content of a `tokenizer.json` alone describes.
    ///
    /// - Throws: Like `init(directory:)`.
    package init(verbatim json: Data) throws {
        try self.init(files: TokenizerFiles(contents: ["tokenizer.json": json]))
    }

    /// The content of a `tokenizer.json` that alone describes the tokenizer, which neither truncates nor pads texts.
    ///
    /// - Throws: `TokenizerError` if the tokenizer was loaded from other files only.
    package func verbatimJSON() throws -> Data {
        guard let json = try savedFiles()["tokenizer.json"] else {
            throw TokenizerError(
                .unsupportedComponent,
                "the tokenizer has no tokenizer.json, which a model without a network needs; load it in Python, and save "
                    + "it once more")
        }
        return try JSONPatch.set([("truncation", "null"), ("padding", "null")], in: json)
    }
}
