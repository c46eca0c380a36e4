// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceData
import SentenceTestSupport

/// The rows of a file with the given content, each as its text, its JSON, or its fields with bars between them.
func readRows(_ content: some Sequence<UInt8>, _ name: String, _ format: DataFormat? = nil) throws -> [String] {
    let folder = try TemporaryFolder()
    return try readRows([folder.write(content, to: name).path], format).rows
}

/// The rows of files, and what the reader warns of.
func readRows(_ paths: [String], _ format: DataFormat? = nil) throws -> (rows: [String], warnings: [String]) {
    let reader = DataReader(paths, format: format)
    var rows: [String] = []
    while let row = try reader.next() {
        switch row.content {
        case .text(let text): rows.append(text)
        case .json(let json): rows.append(String(decoding: json.bytes, as: UTF8.self))
        case .fields(let fields, _): rows.append(fields.joined(separator: "|"))
        }
    }
    return (rows, reader.takeWarnings().map(\.text))
}

/// What reading a file with the given content throws, without the folder of the file.
func readingError(_ content: some Sequence<UInt8>, _ name: String, _ format: DataFormat? = nil) throws -> String? {
    let folder = try TemporaryFolder()
    let path = try folder.write(content, to: name).path
    do {
        _ = try readRows([path], format)
        return nil
    } catch {
        return "\(error)".replacing(folder.url.path + "/", with: "")
    }
}
