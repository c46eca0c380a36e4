// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceEncoders
import SentenceTensors
import SentenceTestSupport
import SentenceTokenizers
import SentenceTransformers
import Testing

/// What texts of a causal model begin with is computed once; everything after it keeps its bits.
@Suite("Shared prefixes")
struct SharedPrefixTests {
    /// Architectures whose tokens see only those before them.
    static let causal = ["llama", "llama_yarn", "mistral", "qwen2", "qwen3"]

    private func batch(_ texts: [[Int32]]) -> TokenBatch {
        var batch = TokenBatch()
        for ids in texts {
            batch.ids += ids
            batch.typeIDs += [Int32](repeating: 0, count: ids.count)
            batch.offsets.append(Int32(batch.ids.count))
            batch.untruncatedCounts.append(Int32(ids.count))
        }
        return batch
    }

    @Test("Exactly the causal architectures share prefixes")
    func architectures() throws {
        let found = try ArchitectureFixture.names.filter { name in
            let fixture = try ArchitectureFixture(name)
            return try EncoderArchitecture(config: fixture.config()).spec(fixture.config()).sharesPrefixes
        }
        #expect(found == Self.causal)
    }

    @Test("The tokens after a prefix keep their bits", arguments: causal, KernelSet.available.indices)
    func states(name: String, level: Int) throws {
        let fixture = try ArchitectureFixture(name)
        for precision in TokensReadTests.precisions {
            try Execution.with(kernels: KernelSet.available[level], precision: precision.precision) {
                let model = try SentenceTransformer(directory: fixture.folder, computePrecision: precision)
                let transformer = try #require(model.pipeline.route(for: nil).input as? Transformer)
                let encoder = transformer.encoder, vocabulary = Int32(encoder.spec.vocabularySize)
                // Two prefixes, and a text with none; one text has one token more than its prefix.
                let parts: [(prefix: Int, own: Int)] = [(9, 5), (9, 1), (0, 7), (33, 20), (9, 30)]
                let ids = parts.map { part in
                    (0..<Int32(part.prefix + part.own)).map { place in
                        (place * 7 + Int32(part.prefix) + (place < part.prefix ? 0 : Int32(part.own))) % vocabulary
                    }
                }
                let texts = TextOffsets(counts: ids.map(\.count))
                let all = ids.flatMap(\.self), types = [Int32](repeating: 0, count: all.count)
                let whole = try encoder(ids: all, typeIDs: types, texts)
                let prefixes = try zip(parts, ids).map { part, ids in
                    part.prefix == 0
                        ? nil
                        : try encoder.prefix(
                            ids: Array(ids.prefix(part.prefix)), typeIDs: [Int32](repeating: 0, count: part.prefix))
                }
                let choices: [[Int]?] = [
                    nil, (0..<texts.count).map { texts[$0].upperBound - 1 },
                    (0..<texts.count).map { texts[$0].lowerBound }, Array(stride(from: 0, to: all.count, by: 3)),
                    Array(0..<5),
                ]
                for rows in choices {
                    let found = try encoder.states(ids: all, typeIDs: types, texts, of: rows, after: prefixes)
                    let expected = rows.map { whole.gatheringRows($0) } ?? whole
                    #expect(found.floats == expected.floats, "\(precision) \(rows?.count ?? all.count) tokens")
                }
            }
        }
    }

    @Test("Embeddings with an instruction are those of single calls", arguments: causal)
    func embeddings(name: String) throws {
        let fixture = try ArchitectureFixture(name)
        let instruction = "Instruct: given a question about a text, find all of the passages that answer it. Query: "
        for precision in TokensReadTests.precisions {
            let model = try SentenceTransformer(directory: fixture.folder, computePrecision: precision)
            let options = EncodeOptions(prompt: instruction, maximumSequenceLength: 60)
            let found = try model.encode(fixture.texts, options: options)
            for (index, text) in fixture.texts.enumerated() {
                #expect(try model.encode(text, options: options) == Array(found[index]), "\(precision) \(text)")
            }
            let route = try model.pipeline.route(for: nil)
            let tokens = try route.input.tokenize(
                fixture.texts.map { TokenizerInput($0) }, prompt: instruction, maximumLength: 60, task: nil)
            let count = try Execution.with(precision: precision.precision) {
                try SharedPrefixes(.tokens(tokens), route, ForwardCall()).tokenCount
            }
            #expect(count > 5 * fixture.texts.count, "\(count) of \(tokens.ids.count) tokens are shared")
        }
    }

    @Test("Scores of a causal reranker are those of single calls", arguments: ["causal", "chat", "qwen3", "mistral"])
    func scores(name: String) throws {
        let fixture = try CrossEncoderFixture(name)
        let query = "which of these documents says something about the weather in the mountains in autumn"
        let pairs = fixture.pairs.map { TokenizerInput(query, pair: $0.pair) }
        for precision in TokensReadTests.precisions {
            let model = try fixture.load(precision)
            let found = try model.predict(pairs)
            for (index, pair) in pairs.enumerated() {
                #expect(try Array(model.predict([pair])[0]) == Array(found[index]), "\(precision) pair \(index)")
            }
        }
    }

    @Test("What calls share is kept, with the same bits, up to the limit", arguments: ["llama", "qwen3"])
    func keeping(name: String) throws {
        let fixture = try ArchitectureFixture(name)
        let plain = try SentenceTransformer(directory: fixture.folder, computePrecision: .float32)
        let keeping = try plain.keepingPrefixes(byteLimit: 1 << 20)
        let options = EncodeOptions(prompt: "Instruct: given a question, find all passages that answer it. Query: ")
        for text in fixture.texts + fixture.texts {
            #expect(try keeping.encode(text, options: options) == plain.encode(text, options: options), "\(text)")
        }
        let kept = keeping.keptPrefixes
        #expect(kept.count > 0 && kept.bytes > 0 && kept.bytes <= 1 << 20)
        #expect(try keeping.encode(fixture.texts, options: options) == plain.encode(fixture.texts, options: options))
        // No more than fits, and nothing of what does not.
        let little = try plain.keepingPrefixes(byteLimit: kept.bytes / kept.count)
        for text in fixture.texts { _ = try little.encode(text, options: options) }
        #expect(little.keptPrefixes.bytes <= kept.bytes / kept.count)
        #expect(plain.keptPrefixes.count == 0)
        // A trained model begins anew.
        #expect(try TrainableModel(keeping).finish().keptPrefixes.count == 0)
        #expect(
            errorText { try plain.keepingPrefixes(byteLimit: -1) }
                == "byteLimit is -1; expected 0 or a larger number of bytes")
    }

    @Test("Groups leave most tokens out")
    func groups() {
        let (a, b) = ((0..<40).map { Int32($0) }, (0..<40).map { Int32(100 + $0) })
        func texts(_ prefix: [Int32], _ count: Int32) -> [[Int32]] { (0..<count).map { prefix + [1000 + $0, 5] } }
        func found(_ all: [[Int32]], cost: Int = 64) -> [[Int]] {
            batch(all).prefixGroups(of: Array(all.indices), cost: cost)
                .map { [$0.length, $0.gain] + $0.texts.sorted() }.sorted { $0[2] < $1[2] }
        }
        #expect(found([]).isEmpty)
        #expect(found([a]).isEmpty)
        // The last token is every text's own, even if texts are equal.
        #expect(found([a, a, a]) == [[39, 14, 0, 1, 2]])
        #expect(found([a, a]).isEmpty)
        #expect(found(texts(a, 4) + texts(b, 3)) == [[40, 56, 0, 1, 2, 3], [40, 16, 4, 5, 6]])
        // All share ten tokens, but two groups share fifty.
        let start = (0..<10).map { Int32(500 + $0) }
        #expect(found(texts(start + a, 4) + texts(start + b, 3)) == [[50, 86, 0, 1, 2, 3], [50, 36, 4, 5, 6]])
        // All share forty, and two of them one more, which is not enough.
        #expect(found(texts(a, 4) + [a + [1000, 5, 6]]) == [[40, 96, 0, 1, 2, 3, 4]])
        // Texts that are not asked for are in no group.
        #expect(batch(texts(a, 5)).prefixGroups(of: [0, 2, 4], cost: 64).map(\.texts) == [[0, 2, 4]])
    }

    @Test("Groups are the best of all, in random texts", arguments: 0..<50)
    func randomGroups(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let texts = (0..<Int.random(in: 1...9, using: &random)).map { _ in
            (0..<Int.random(in: 1...8, using: &random)).map { _ in Int32.random(in: 0...1, using: &random) }
        }
        let cost = Int.random(in: 0...4, using: &random)
        let groups = batch(texts).prefixGroups(of: Array(texts.indices), cost: cost)
        #expect(Set(groups.flatMap(\.texts)).count == groups.reduce(0) { $0 + $1.texts.count })
        for group in groups {
            #expect(Set(group.texts.map { Array(texts[$0].prefix(group.length)) }).count == 1)
            #expect(group.texts.allSatisfy { texts[$0].count > group.length })
            #expect(group.gain == (group.texts.count - 1) * group.length - cost)
        }
        /// The best gain of any groups of the given texts, which share `length` tokens.
        func best(_ members: [Int], _ length: Int) -> Int {
            let own = max(0, (members.count - 1) * length - cost)
            let longer = Dictionary(grouping: members.filter { texts[$0].count > length + 1 }) { texts[$0][length] }
            return max(own, longer.values.reduce(0) { $0 + best($1, length + 1) })
        }
        #expect(groups.reduce(0) { $0 + $1.gain } == best(Array(texts.indices), 0))
    }
}
