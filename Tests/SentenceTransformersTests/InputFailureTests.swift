// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Inputs that fail")
struct InputFailureTests {
    /// Room for the special tokens of a text, and not for those of a pair.
    private let options = EncodeOptions(maximumSequenceLength: 2)
    private let pair = TokenizerInput("a", pair: "b")

    private func inputs(failing index: Int, of count: Int) -> [TokenizerInput] {
        (0..<count).map { $0 == index ? pair : TokenizerInput("text number \($0)") }
    }

    @Test("An error names the first input that causes it", arguments: [(0, 3), (2, 3), (70, 200)])
    func index(failing: Int, count: Int) throws {
        let model = try ModelFixture("mean").load()
        let error = #expect(throws: TokenizerError.self) {
            try model.encode(inputs(failing: failing, of: count), options: options)
        }
        #expect(error?.code == .impossibleTruncation && error?.inputIndex == failing)
        #expect(error?.description.hasPrefix("input \(failing): ") == true, "\(error?.description ?? "")")
    }

    @Test("A single input needs no index")
    func single() throws {
        let model = try ModelFixture("mean").load()
        let error = #expect(throws: TokenizerError.self) { try model.encode([pair], options: options) }
        #expect(error?.inputIndex == nil && error?.description.hasPrefix("input") == false)
    }
}
