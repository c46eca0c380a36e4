// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension WeightType: ExpressibleByArgument {}

/// Saves a model once more, with weights of another type.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Save a model of any kind as safetensors, in float32, float16 or bfloat16.",
        usage: "sentence-transformers export --model <name> --output <folder> [--dtype <type>]",
        discussion: """
            The folder is loaded by this program and by the Python library. An adapter is merged into its base.

            Example:
              sentence-transformers export --model all-MiniLM-L6-v2 --dtype float16 --output minilm-half
            """)

    @OptionGroup
    var source: ModelOptions

    @OptionGroup
    var kindOption: KindOption

    @Option(help: "How weights are stored; as they are if not given.")
    var dtype: WeightType?

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: String

    func run() throws {
        let loaded = try source.loadPipeline(kindOption, .float32Highest).model()
        try ModelFolder(output).save(loaded.adapter == nil ? loaded : loaded.mergingAdapter(), dtype)
    }
}

/// The folder that a command writes a model to.
struct ModelFolder {
    let url: URL

    /// - Throws: ``Failure`` if there is something else in the folder.
    init(_ path: String) throws {
        url = URL(filePath: path, directoryHint: .isDirectory)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        guard names.isEmpty else {
            throw Failure("\(path) is not empty; choose a folder that does not exist yet")
        }
    }

    /// Writes a model, with weights of a type if one is given.
    func save(_ model: any BaseModel, _ type: WeightType?) throws {
        let model: any BaseModel = try type.map { try model.convertingWeights(to: $0) } ?? model
        try model.save(to: url)
    }
}
