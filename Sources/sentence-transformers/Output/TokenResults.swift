// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// Writes the vectors of each text's tokens as `.safetensors`: a tensor for each text, named by its index.
final class TokenResults: ResultWriter {
    private let files: OutputFiles
    private static let largestHeader = 100_000_000

    init(_ files: OutputFiles) {
        self.files = files
    }

    func write(_ result: WindowResult, fields: [[UInt8]?]) throws {
        guard case .tokens(let matrices) = result else { throw Failure("expected the vectors of tokens") }
        let (vectors, shapes) = (try files.part("vectors"), try files.part("shapes"))
        for matrix in matrices {
            try matrix.withUnsafeBufferPointer { try vectors.write(UnsafeRawBufferPointer($0)) }
            try shapes.write([Int64(matrix.rows), Int64(matrix.columns)])
        }
    }

    func finish() throws {
        var text = "{\"__metadata__\":{\"format\":\"pt\"}"
        var (index, offset) = (0, 0)
        try files.part("shapes").read { bytes in
            let numbers = bytes.bindMemory(to: Int64.self)
            for place in stride(from: 0, to: numbers.count, by: 2) {
                let end = offset + Int(numbers[place] * numbers[place + 1]) * MemoryLayout<Float>.size
                text += ",\"\(index)\":{\"dtype\":\"F32\",\"shape\":[\(numbers[place]),\(numbers[place + 1])]"
                text += ",\"data_offsets\":[\(offset),\(end)]}"
                (index, offset) = (index + 1, end)
            }
            guard text.utf8.count < Self.largestHeader else {
                throw Failure(
                    "\(index) texts are too many for one .safetensors file, whose header takes 100 MB at most; write .jsonl"
                )
            }
        }
        let whole = try files.part("rows")
        try whole.write(MatrixHeader.safetensors(text + "}"))
        try whole.append(files.part("vectors"))
        try files.deliver("rows")
    }
}
