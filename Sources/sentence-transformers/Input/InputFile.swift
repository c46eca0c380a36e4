// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// The file or stream that texts come from.
struct InputFile {
    /// The path, or nil for standard input.
    let path: String?

    /// - Parameter argument: What `--input` was given; "-" and nothing mean standard input.
    init(_ argument: String?) {
        path = argument == "-" ? nil : argument
    }

    static let help = """
        The texts: a file, or - for standard input. In .jsonl and .json files each line is a JSON string, an array of \
        two strings (a pair), or an object with "text"; in any other file each line is a text, also an empty one, \
        without its "\\n" or "\\r\\n". (default: -)
        """

    /// What messages call the input.
    private var name: String { path ?? "standard input" }

    private var isJSONLines: Bool {
        guard let path = path?.lowercased() else { return false }
        return path.hasSuffix(".jsonl") || path.hasSuffix(".json")
    }

    /// The texts and pairs, one a line.
    func read() throws -> [TokenizerInput] { try lines(asJSON: isJSONLines) }

    /// The pairs, one a line, which are JSON whatever the file is called: plain lines hold single texts.
    ///
    /// - Throws: As `read`, and a `Failure` for a line that is no pair.
    func readPairs() throws -> [TokenizerInput] {
        let inputs = try lines(asJSON: true)
        if let index = inputs.firstIndex(where: { $0.pair == nil }) {
            throw Failure("\(name), line \(index + 1): found a single text; expected an array of two strings")
        }
        return inputs
    }

    /// The texts, one a line.
    ///
    /// - Throws: As `read`, and a `Failure` for a line that is a pair.
    func readTexts() throws -> [String] {
        let inputs = try read()
        if let index = inputs.firstIndex(where: { $0.pair != nil }) {
            throw Failure("\(name), line \(index + 1): found a pair; expected a single text")
        }
        return inputs.map(\.text)
    }

    private func lines(asJSON isJSON: Bool) throws -> [TokenizerInput] {
        let bytes = try path.map(System.readFile) ?? System.readAll(System.standardInput, name)
        var content = bytes[...]
        if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
        // The last line may end with "\n" or with the file.
        if content.last == UInt8(ascii: "\n") {
            content.removeLast()
        } else if content.isEmpty {
            return []
        }
        let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return try lines.enumerated().map { index, line in
            let place = "\(name), line \(index + 1)"
            return isJSON ? try JSONLine.parse(line, place) : TokenizerInput(try text(line, place))
        }
    }

    private func text(_ line: ArraySlice<UInt8>, _ place: String) throws -> String {
        let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Failure("\(place): the text is not UTF-8; convert the file, for example with iconv")
        }
        return text
    }
}
