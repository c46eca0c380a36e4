// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Several data sets to search in, such as NanoBEIR.
public struct RetrievalCollection: Sendable {
    /// The data sets with their names, such as `NanoMSMARCO`.
    public let sets: [(name: String, data: RetrievalData)]

    /// The names that NanoBEIR's data sets have in metrics.
    private static let knownNames = [
        "ClimateFEVER", "DBPedia", "FEVER", "FiQA2018", "HotpotQA", "MSMARCO", "NFCorpus", "NQ", "QuoraRetrieval",
        "SCIDOCS", "ArguAna", "SciFact", "Touche2020",
    ]
    /// Those that the reference leaves out for cross-encoders, since their queries are arguments.
    static let argumentNames = ["NanoArguAna", "NanoTouche2020"]

    /// Data sets, each with a name of its own.
    ///
    /// - Parameter sets: At least one; those of NanoBEIR get the reference's names, such as `NanoMSMARCO` for `msmarco`.
    /// - Throws: ``TrainingError`` if there are none, or two of one name.
    public init(_ sets: [(name: String, data: RetrievalData)]) throws {
        try EvaluationData.check(sets.count, sets.count, "data sets")
        self.sets = sets.map { (Self.name($0.name), $0.data.withoutEmptyTexts) }
        var seen: Set<ExactString> = []
        for set in self.sets where !seen.insert(set.name) {
            throw TrainingError(.invalidArgument, "two data sets are called \"\(set.name)\"; give each its own name")
        }
    }

    /// Reads the folders in a folder, each of which is a data set.
    ///
    /// - Parameters:
    ///   - folder: The folder, such as one with `NanoMSMARCO` and `NanoNQ`.
    ///   - names: Which data sets to read, in this order; all, in the order of their names, if nil.
    ///   - split: Which file of `qrels` to read, where there are several.
    /// - Throws: ``TrainingError`` if there is no such data set, or a file does not fit.
    public init(contentsOf folder: URL, names: [String]? = nil, split: String = "test") throws {
        let found = Self.names(in: folder)
        guard !found.isEmpty else {
            try RetrievalFile.refuseParquet(in: folder)
            throw TrainingError(
                .invalidData, "\(folder.path): no folder in it has a corpus.jsonl; expected a folder for each data set")
        }
        let chosen = try names?.map { name in
            guard let known = found.first(where: { Self.name($0).isExactly(Self.name(name)) }) else {
                throw TrainingError(
                    .invalidArgument,
                    "\(folder.path): there is no data set \"\(name)\"; found \(found.joined(separator: ", "))")
            }
            return known
        }
        try self.init(
            (chosen ?? found).map {
                (
                    $0,
                    try RetrievalData(contentsOf: folder.appending(path: $0, directoryHint: .isDirectory), split: split)
                )
            })
    }

    /// The data sets in a folder.
    package static func names(in folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { RetrievalData.isFolder(folder.appending(path: $0, directoryHint: .isDirectory)) }
            .sorted { $0.precedesByBytes($1) }
    }

    private static func name(_ name: String) -> String {
        let plain = name.lowercased()
        return knownNames.first { [$0.lowercased(), "nano" + $0.lowercased()].contains(plain) }.map { "Nano" + $0 }
            ?? name
    }
}
