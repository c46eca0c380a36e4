// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// The fields of rows as JSON lines, if the result cannot contain them: `out.ids.jsonl` next to `out.npy`.
final class FieldLinesFile {
    private let files: OutputFiles

    init(_ files: OutputFiles) {
        self.files = files
    }

    func write(_ fields: [[UInt8]?]) throws {
        var lines: [UInt8] = []
        for members in fields { lines += [UInt8(ascii: "{")] + (members ?? []) + Array("}\n".utf8) }
        try files.part("ids").write(lines)
    }

    func finish() throws { try files.deliverIDs("ids") }
}
