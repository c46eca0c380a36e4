// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTestSupport
import Testing

@Suite("Kinds of model on the command line")
struct KindCommandTests {
    private func run(_ verb: String, _ fixture: String, _ arguments: [String] = [], input: String = "") throws
        -> Command.Result
    {
        try Command.run([verb, "--model", Fixture.url(fixture).path] + arguments, input: input)
    }

    @Test("encode writes the vectors of a text's tokens", arguments: ["vectors/pylate", "vectors/stanford"])
    func vectors(fixture: String) throws {
        let rows = try #require(
            try run("encode", fixture, ["--task", "document"], input: "the weather\n").decoded([[Float]].self).first)
        #expect(rows.count > 2)
        for row in rows { #expect(abs(row.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4) }
        let array = try run("encode", fixture, ["--output", "/tmp/never.npy"], input: "a\n")
        #expect(array.status == 1 && array.error.contains("its own number of vectors"))
        let matrix = try #require(
            try run("similarity", fixture, ["--json", "it is sunny", "he drove"]).decoded([[Float]].self).first)
        #expect(matrix.count == 2 && matrix[0][0] >= matrix[0][1])
    }

    @Test(
        "info says which kind a model is",
        arguments: [
            ("models/mean", "SentenceTransformer"), ("models/plain", "SparseEncoder"),
            ("sparse/router", "SparseEncoder"),
            ("cross_encoders/bert", "CrossEncoder"), ("cross_encoders/causal_modules", "CrossEncoder"),
            ("vectors/pylate", "MultiVectorEncoder"), ("vectors/pylate_old", "MultiVectorEncoder"),
            ("vectors/stanford", "MultiVectorEncoder"),
        ])
    func info(fixture: String, kind: String) throws {
        let result = try run("info", fixture, ["--json"])
        #expect(
            result.status == 0 && result.output.contains("\"kind\": \"\(kind)\""), "\(result.output)\(result.error)")
        #expect(try run("info", fixture).output.contains("kind          \(kind)\n"))
    }

    @Test(
        "Options of other kinds are refused",
        arguments: [
            ("models/mean", "SentenceTransformer", [["--max-active-dims", "3"], ["--decode"], ["--dense"]]),
            (
                "sparse/sum", "SparseEncoder",
                [["--normalize"], ["--truncate-dim", "3"], ["--precision", "int8"], ["--token-embeddings"]]
            ),
            (
                "vectors/pylate", "MultiVectorEncoder",
                [
                    ["--truncate-dim", "3"], ["--max-active-dims", "3"], ["--precision", "int8"], ["--decode"],
                    ["--dense"],
                ]
            ),
        ])
    func refused(fixture: String, kind: String, options: [[String]]) throws {
        for option in options {
            let result = try run("encode", fixture, option, input: "a\n")
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.error == "error: \(option[0]) means nothing to a \(kind)\n")
        }
    }

    @Test("A cross-encoder has no embeddings", arguments: ["encode", "similarity"])
    func crossEncoder(verb: String) throws {
        let result = try run(verb, "cross_encoders/bert", input: "a\n")
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.error.contains("the model is a CrossEncoder") && result.error.contains("rank or predict"))
    }
}
