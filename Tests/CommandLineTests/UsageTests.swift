// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("Usage")
struct UsageTests {
    private static let model = ["--model", Fixture.url("models/mean").path]

    @Test(
        "Bad usage has status 64, a message on standard error and nothing on standard output",
        arguments: [
            (["sing"], "Unexpected argument 'sing'"),
            (["encode"], "Missing expected argument '--model <folder-or-name>'"),
            (["encode", "--loud"] + model, "Unknown option '--loud'"),
            (["encode", "--threads", "0"] + model, "The value '0' is invalid for '--threads <n>'"),
            (["encode", "--threads", "two"] + model, "The value 'two' is invalid for '--threads <n>'"),
            (["encode", "--threads", "99999999999999999999"] + model, "The value '99999999999999999999' is invalid"),
            (["encode", "--batch-tokens=-1"] + model, "The value '-1' is invalid for '--batch-tokens <n>'"),
            (["encode", "--max-length", "1.5"] + model, "The value '1.5' is invalid for '--max-length <n>'"),
            (["encode", "--truncate-dim", "0"] + model, "The value '0' is invalid for '--truncate-dim <n>'"),
            (
                ["encode", "--compute", "int4"] + model,
                "Please provide one of 'float32', 'float32-highest', 'bfloat16' or 'int8'"
            ),
            (["encode", "--precision", "int4"] + model, "The value 'int4' is invalid for '--precision <precision>'"),
            (["encode", "--task", "sing"] + model, "The value 'sing' is invalid for '--task <task>'"),
            (["encode", "--output", "a.csv"] + model, "expected a file that ends in .npy, .jsonl or .safetensors"),
            (["encode", "--token-embeddings", "--output", "a.npy"] + model, "write them as .jsonl or .safetensors"),
            (["encode", "--token-embeddings", "--normalize"] + model, "--token-embeddings takes neither"),
            (["tokenize", "--output", "a.npy"] + model, "token ids are written as .jsonl only"),
            (["similarity", "--input", "a.txt", "b"] + model, "texts come from --input or stand here"),
            (["encode", "--input", "a.txt", "b"] + model, "texts come from --input or stand here"),
            (["encode", "a", "--id-field", "b"] + model, "texts that stand here have none"),
            (["encode", "--resume"] + model, "--resume needs --output"),
            (["encode", "--input-format", "xml"] + model, "Please provide one of"),
            (["encode", "--decode", "--dense"] + model, "--decode writes words"),
            (["tokenize", "--compute", "int8"] + model, "Unknown option '--compute'"),
            (["tokenize", "--threads", "2"] + model, "Unknown option '--threads'"),
            (["predict", "--truncate-dim", "2"] + model, "Unknown option '--truncate-dim'"),
            (["predict", "--text-field", "a"] + model, "give --text-field twice"),
            (["info", "--max-length", "2"] + model, "Unknown option '--max-length'"),
            (["download"], "Missing expected argument '<name>'"),
            (["evaluate"] + model, "Missing expected argument '--data <file-or-folder>'"),
            (["train"] + model, "--train is missing"), (["train", "--set", "seed"] + model, "--set takes name=value"),
            (["bench"] + model, "Missing expected argument '--input <file>'"),
        ])
    func badUsage(arguments: [String], message: String) throws {
        let result = try Command.run(arguments)
        #expect(result.status == 64)
        #expect(result.output.isEmpty)
        #expect(result.error.contains(message), "\(result.error)")
    }

    @Test("Completions know verbs and options", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) throws {
        let result = try Command.run(["--generate-completion-script", shell])
        #expect(result.status == 0 && result.error.isEmpty)
        for word in ["similarity", "text-field", "ubinary"] { #expect(result.output.contains(word), "\(word)") }
    }

    @Test(
        "Help and version are results",
        arguments: ["encode", "similarity", "rank", "predict", "tokenize", "info", "bench", "evaluate", "train"])
    func help(verb: String) throws {
        let help = try Command.run([verb, "--help"])
        #expect(help.status == 0 && help.error.isEmpty)
        #expect(help.output.contains("USAGE: sentence-transformers \(verb) --model"))
        #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(help.output)")
        let version = try Command.run(["--version"])
        #expect(version.status == 0 && version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }
}
