// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The entries of a zip file whose content is stored as it is, found by its list of entries and nothing else.
struct StoredZipReader {
    let entries: [String: Data]

    init(_ url: URL) throws {
        let file = try Data(contentsOf: url)
        func number(_ offset: Int, _ size: Int) throws -> Int {
            try #require(offset >= 0 && offset + size <= file.count)
            return (0..<size).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) }
        }
        // The last record, before it the place of the 64-bit one, and there the place of the list.
        let end = file.count - 22
        try #require(try number(end, 4) == 0x0605_4B50 && number(end - 20, 4) == 0x0706_4B50)
        let wide = try number(end - 12, 8)
        try #require(try number(wide, 4) == 0x0606_4B50)
        var entries: [String: Data] = [:]
        var place = try number(wide + 48, 8)
        for _ in 0..<(try number(wide + 32, 8)) {
            try #require(try number(place, 4) == 0x0201_4B50 && number(place + 10, 2) == 0, "stored")
            let nameLength = try number(place + 28, 2)
            let name = String(decoding: file[(place + 46)..<(place + 46 + nameLength)], as: UTF8.self)
            let extra = place + 46 + nameLength
            let (size, offset) = (try number(extra + 4, 8), try number(extra + 20, 8))
            try #require(try number(offset, 4) == 0x0403_4B50)
            let start = try offset + 30 + number(offset + 26, 2) + number(offset + 28, 2)
            entries[name] = Data(file[start..<(start + size)])
            // After the data stands their checksum and, twice, their size.
            try #require(try number(start + size, 4) == 0x0807_4B50 && number(start + size + 8, 8) == size)
            place = try extra + number(place + 30, 2)
        }
        self.entries = entries
    }
}
