// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceSearch
import SentenceTestSupport
import Testing

@Suite("Quantization")
struct QuantizationTests {
    private let corpus: Matrix

    init() throws { corpus = try Matrix(rows: [[0.1, -1, 3e-9], [0.3, 1.0000001, 2e-9]]) }

    @Test("Ranges come back from files as they were, and quantize queries as the corpus")
    func ranges() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "ranges.json")
        let ranges = QuantizationRanges(calibrating: corpus)
        try ranges.write(to: url)
        let read = try QuantizationRanges(contentsOf: url)
        #expect(read == ranges)
        let decoded = try JSONDecoder().decode(QuantizationRanges.self, from: JSONEncoder().encode(ranges))
        #expect(decoded == ranges)
        let query = try Matrix(rows: [[0.2, 0, 2.5e-9]])
        #expect(try quantizeEmbeddings(query, precision: .uint8, ranges: read)[0] == [127, 127, 127])
    }

    @Test(
        "What holds no ranges is refused with its name",
        arguments: [
            ("[]", "expected an array of numbers \"minimums\""),
            ("{\"minimums\":[1]}", "expected an array of numbers \"maximums\""),
            ("{\"minimums\":[1],\"maximums\":[1,2]}", "found 1 minimums and 2 maximums"),
            ("{\"minimums\":[1],\"maximums\":[\"2\"]}", "expected an array of numbers \"maximums\""),
            (
                "{\"minimums\":[2],\"maximums\":[1]}",
                "the range of dimension 0 is 2.0 to 1.0; expected two finite numbers"
            ),
            ("{\"minimums\":[NaN],\"maximums\":[1]}", "the range of dimension 0 is nan to 1.0"),
        ])
    func damaged(content: String, message: String) throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(content, to: "ranges.json")
        let error = #expect(throws: SearchError.self) { try QuantizationRanges(contentsOf: url) }
        #expect(error?.description.hasPrefix("\(url.path): \(message)") == true, "\(error?.description ?? "")")
        #expect(throws: SearchError.self) { try QuantizationRanges(minimums: [0, 1], maximums: [2]) }
    }

    @Test("NaN and infinite numbers are refused with their row", arguments: [Float.nan, .infinity, -.infinity])
    func notFinite(number: Float) throws {
        let embeddings = try Matrix(rows: [[1, 2], [3, number], [5, 6]])
        for precision in EmbeddingPrecision.allCases where precision != .float32 {
            let error = #expect(throws: SearchError.self) { try quantizeEmbeddings(embeddings, precision: precision) }
            #expect(error?.description.hasPrefix("embedding 1 holds NaN or an infinite number") == true)
        }
        #expect(try Matrix(rows: [[-Float.nan]]).description == "[[nan]]")
    }
}
