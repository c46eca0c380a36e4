// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import SentenceFiles
import SentencePlots
package import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Divides texts into groups.
struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Divide texts into groups of similar ones, largest first.",
        usage: "sentence-transformers cluster --input <file> [--model <folder-or-name>] [<options>]",
        discussion: """
            community: every group is around a text to which all others have at least the cosine --threshold. kmeans: \
            --clusters groups of all texts. agglomerative: the nearest groups are joined until there are --clusters, or \
            until the nearest are --threshold apart. density: groups of any number and shape, without what lies between.

            Examples:
              sentence-transformers cluster --model M --input a.txt --threshold 0.7 --min-community-size 5
              sentence-transformers cluster --model M --input a.txt --method kmeans --clusters 20 --plot map.html
            """)

    /// How groups are found.
    enum Method: String, ExpressibleByArgument, CaseIterable {
        case community, kmeans, agglomerative, density
    }

    @OptionGroup
    var file: EmbeddedFileOptions

    @Option(help: ArgumentHelp("\(EmbeddedFileOptions.inputHelp)", valueName: "file"))
    var input: String

    @Option(help: "How groups are found.")
    var method: Method = .community

    @Option(help: ArgumentHelp("The number of groups.", valueName: "n"), transform: PositiveNumber.parse)
    var clusters: Int?

    @Option(
        help: ArgumentHelp(
            "With community the least cosine (default: 0.75), with agglomerative the distance at which joining ends.",
            valueName: "number"))
    var threshold: Float?

    @Option(
        help: ArgumentHelp("The least size of a group. (default: 10; with density 5)", valueName: "n"),
        transform: PositiveNumber.parse)
    var minCommunitySize: Int?

    @Option(help: "With agglomerative, how far two groups are from one another.")
    var linkage: Linkage = .average

    @Option(help: ArgumentHelp("With kmeans, the seed of what is drawn.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp("How many of its most telling words name a group of texts.", valueName: "n"),
        transform: PositiveNumber.parse)
    var words: Int = 5

    @OptionGroup
    var plotting: MapOptions

    @Flag(help: "Print one JSON array of arrays of the numbers of rows.")
    var json = false

    func validate() throws {
        switch method {
        case .community, .density:
            if clusters != nil { throw ValidationError("--clusters has no meaning for --method \(method.rawValue)") }
        case .kmeans:
            if clusters == nil { throw ValidationError("--method kmeans needs the number of groups, --clusters") }
        case .agglomerative:
            guard (clusters == nil) != (threshold == nil) else {
                throw ValidationError("--method agglomerative needs either --clusters or --threshold")
            }
        }
        if threshold != nil, method == .kmeans || method == .density {
            throw ValidationError("--threshold has no meaning for --method \(method.rawValue)")
        }
        if minCommunitySize != nil, method == .kmeans || method == .agglomerative {
            throw ValidationError("--min-community-size has no meaning for --method \(method.rawValue)")
        }
    }

    func run() throws {
        try plotting.check()
        let loaded = try file.load(input)
        let progress = ShareProgress("clustering", isQuiet: file.common.quiet)
        let groups = try groups(loaded.embeddings) { progress.add($0) }
        progress.finish()
        let names = try loaded.texts.map { texts in
            let splitter = WordSplitter(stopWords: Self.frequentWords(texts))
            return try ClusterLabels(texts: texts, clusters: groups, count: words, splitter: splitter).words.map {
                $0.map(\.text).joined(separator: ", ")
            }
        }
        if plotting.plot != nil {
            var groupNames = [String](repeating: "", count: loaded.embeddings.rows)
            for (number, group) in groups.enumerated() {
                for row in group { groupNames[row] = "\(number)" + (names.map { ": \($0[number])" } ?? "") }
            }
            try plotting.write(loaded, groups: groupNames, threads: file.common.threads)
        }
        try GroupOutput(isJSON: json, texts: loaded.texts, names: names).print(groups)
    }

    private func groups(
        _ embeddings: SearchCorpus, _ onProgress: @escaping @Sendable (Double) throws -> Void
    ) throws -> [[Int]] {
        let threads = file.common.threads
        switch method {
        case .community:
            return try communityDetection(
                embeddings, threshold: threshold ?? 0.75, minimumCommunitySize: minCommunitySize ?? 10,
                threads: threads, onProgress: onProgress)
        case .kmeans:
            let found = try kMeans(
                embeddings.matrix(), clusters: clusters ?? 1, metric: .cosine, rounds: 25, batchSize: nil, seed: seed,
                threads: threads, onProgress: onProgress)
            return Self.largestFirst(found.assignments)
        case .agglomerative:
            let cut = clusters.map(ClusterCut.count) ?? .distance(Double(threshold ?? 0))
            return Self.largestFirst(
                try agglomerativeClustering(
                    embeddings.matrix(), linkage: linkage, scoreFunction: nil, into: cut, threads: threads,
                    onProgress: onProgress))
        case .density:
            // Of unit length, the Euclidean distance orders as the cosine does.
            let found = try densityClustering(
                normalizeEmbeddings(embeddings.matrix()), minimumClusterSize: minCommunitySize ?? 5,
                minimumSamples: nil, scoreFunction: .euclidean, allowsSingleCluster: false, threads: threads,
                onProgress: onProgress)
            return Self.largestFirst(found.labels)
        }
    }

    /// The words of more than a tenth of all texts, which tell nothing of a group, in any language.
    private static func frequentWords(_ texts: [String]) -> [String] {
        let splitter = WordSplitter()
        var counts: [ExactString: Int] = [:]
        for text in texts { for word in Set(splitter.words(text)) { counts[ExactString(word), default: 0] += 1 } }
        return counts.filter { $0.value > max(5, texts.count / 10) }.keys.sortedStrings
    }

    /// The rows of each label, largest group first, of equal ones that with the lowest row; rows below 0 are in none.
    private static func largestFirst(_ labels: [Int]) -> [[Int]] {
        var groups: [Int: [Int]] = [:]
        for (row, label) in labels.enumerated() where label >= 0 { groups[label, default: []].append(row) }
        return groups.values.sorted { ($0.count, $1[0]) > ($1.count, $0[0]) }
    }
}

extension Linkage: ExpressibleByArgument {}
