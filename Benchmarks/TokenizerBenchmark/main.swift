// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTokenizers

// TokenizerBenchmark FOLDER TEXTS [SECONDS]: the speed of one thread with the tokenizer in FOLDER. TEXTS is a JSON
// array of strings. Prints one JSON object: seconds to load, megabytes per second, number of tokens and a hash of all
// ids, with which another program can check that its results are the same.
// TokenizerBenchmark --encode FOLDER TEXTS: prints ids, offsets in bytes and the decoded text, one line per text.

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(body) / .seconds(1)
}

func texts(_ path: String) throws -> [String] {
    try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
}

var arguments = Array(CommandLine.arguments.dropFirst())
let isEncoding = arguments.first == "--encode"
if isEncoding { arguments.removeFirst() }
guard arguments.count >= 2 else {
    FileHandle.standardError.write(Data("usage: TokenizerBenchmark [--encode] FOLDER TEXTS [SECONDS]\n".utf8))
    exit(64)
}
let folder = URL(fileURLWithPath: arguments[0])
let inputs = try texts(arguments[1])

if isEncoding {
    let tokenizer = try Tokenizer(directory: folder)
    for text in inputs {
        struct Line: Encodable {
            var ids: [Int32]
            var offsets: [[Int]]
            var decoded: String
        }
        let encoding = try tokenizer.encode(text)
        let line = Line(
            ids: encoding.ids, offsets: encoding.offsets.map { [$0.lowerBound, $0.upperBound] },
            decoded: try tokenizer.decode(encoding.ids, skipSpecialTokens: false))
        print(String(decoding: try JSONEncoder().encode(line), as: UTF8.self))
    }
    exit(0)
}

var loaded: Tokenizer?
var loadTime = Double.infinity
for _ in 0..<5 {
    loadTime = min(loadTime, try seconds { loaded = try Tokenizer(directory: folder) })
}
guard let tokenizer = loaded else { exit(1) }
let batch = inputs.map { TokenizerInput($0) }
let bytes = inputs.reduce(0) { $0 + $1.utf8.count }
let limit = arguments.count > 2 ? Double(arguments[2]) ?? 1 : 1
var best = Double.infinity
var spent = 0.0
var result = TokenBatch()
while spent < limit {
    let time = try seconds { result = try tokenizer.encode(batch) }
    best = min(best, time)
    spent += time
}
var hash: UInt64 = 0xCBF2_9CE4_8422_2325
for id in result.ids { hash = (hash ^ UInt64(UInt32(bitPattern: id))) &* 0x100_0000_01B3 }
print(
    """
    {"load": \(loadTime), "megabytes": \(Double(bytes) / best / 1e6), "tokens": \(result.ids.count), "hash": "\(hash)"}
    """)
