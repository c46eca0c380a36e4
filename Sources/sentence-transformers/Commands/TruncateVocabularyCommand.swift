// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTraining
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A model to one with fewer tokens.
struct TruncateVocabularyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "truncate-vocabulary",
        abstract: "Keep only the tokens that your texts need: a smaller model for fewer languages.",
        usage: "sentence-transformers truncate-vocabulary --model <name> --keep <file> --output <folder>",
        discussion: """
            Texts whose tokens are all kept have the same embeddings as before.

            Example:
              sentence-transformers truncate-vocabulary --model intfloat/multilingual-e5-small --keep german.txt --output e5-de
            """)

    @OptionGroup
    var source: ModelOptions

    @OptionGroup
    var kindOption: KindOption

    @Option(
        help: ArgumentHelp(
            "Texts such as the model will get, one a line; may be given several times.", valueName: "file"))
    var keep: [String]

    @Option(
        help: ArgumentHelp("How often a token must stand in the texts.", valueName: "n"),
        transform: PositiveNumber.parse)
    var minCount: Int = 1

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: String

    func run() throws {
        let folder = try ModelFolder(output)
        let model = try source.loadPipeline(kindOption, .float32Highest).model()
        let texts = try keep.flatMap { try TextLines.read($0) }
        let before = model.tokenizer?.vocabularySize ?? 0
        let left = try model.saveWithVocabulary(of: texts, minimumCount: minCount, to: folder.url)
        if !source.quiet { Console.say("\(left) of \(before) tokens are left") }
    }
}

/// Files with a text a line.
enum TextLines {
    /// The texts of a file with one column of them.
    static func read(_ path: String) throws -> [String] {
        let data = try TrainingData(contentsOf: URL(filePath: path))
        guard data.columnNames.count == 1 else { throw Failure("\(path): expected one column of texts") }
        return try (0..<data.count).compactMap { row in
            if case .text(let text)? = try data.row(row).first { text } else { nil }
        }
    }
}
