// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentencePlots
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Options for a map of embeddings.
struct MapOptions: ParsableArguments {
    /// How embeddings get their places.
    enum Projection: String, ExpressibleByArgument, CaseIterable {
        case neighbours, pca
    }

    @Option(
        help: ArgumentHelp(
            "Draw a map of the embeddings, .svg or .html (with texts under the pointer and a search).",
            valueName: "file"), transform: PlotFile.parse)
    var plot: URL?

    @Option(help: "With --plot, whether neighbours stay neighbours (UMAP), or the two principal components.")
    var projection: Projection = .neighbours

    /// Refuses a file that cannot be written, before the work begins.
    func check() throws {
        if let plot { _ = try Destination(plot) }
    }

    /// Draws the map.
    func write(_ file: EmbeddedFile, groups: [String], threads: Int?) throws {
        guard let plot else { return }
        let embeddings = try file.embeddings.matrix()
        let places =
            switch projection {
            case .neighbours: try NeighbourEmbedding()(embeddings, threads: threads)
            case .pca: try PrincipalComponents(of: embeddings).project(embeddings)
            }
        let texts = file.texts ?? (0..<embeddings.rows).map { "row \($0)" }
        let name = URL(filePath: file.path).lastPathComponent
        try EmbeddingMap(places, texts: texts, groups: groups, title: name).write(to: plot)
    }
}

/// A file for a picture.
enum PlotFile {
    static func parse(_ text: String) throws -> URL {
        let url = URL(filePath: text)
        guard ["svg", "html"].contains(url.pathExtension.lowercased()) else {
            throw ValidationError("expected a file that ends in .svg or .html")
        }
        return url
    }
}
