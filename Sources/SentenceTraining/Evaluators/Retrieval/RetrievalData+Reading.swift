// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension RetrievalData {
    /// Reads a folder of BEIR's format.
    ///
    /// It has `corpus.jsonl` with `_id`, `text` and perhaps `title`, which is put before the text; `queries.jsonl` with
    /// `_id` and `text`; `qrels/<split>.tsv` or `qrels.tsv` with `query-id`, `corpus-id` and perhaps `score`; and perhaps
    /// `bm25.jsonl` with `query-id` and `corpus-ids`, what a first search found. Each may be `.jsonl`, `.tsv`, `.csv` or
    /// `.json`, with or without `.gz`; tables have the names of the columns in their first line. Thakur et al., *BEIR: A
    /// Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval Models*, 2021,
    /// <https://arxiv.org/abs/2104.08663>.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - split: Which file of `qrels` to read.
    /// - Throws: ``TrainingError`` if a file is missing, or with the file and line of what does not fit.
    public init(contentsOf folder: URL, split: String = "test") throws {
        func file(_ names: String...) throws -> RetrievalFile {
            guard let file = RetrievalFile.first(of: names, in: folder) else {
                try RetrievalFile.refuseParquet(in: folder)
                throw TrainingError(
                    .invalidData,
                    "\(folder.path): there is no \(names.map { $0 + RetrievalFile.endings[0] }.joined(separator: " or ")); "
                        + "expected a folder with corpus, queries and qrels")
            }
            return file
        }
        let corpus = try file("corpus"), queries = try file("queries"), qrels = try file("qrels/\(split)", "qrels")
        self.init(
            queries: try queries.texts(), corpus: try corpus.texts(), relevance: try qrels.relevance(),
            candidates: try RetrievalFile.first(of: ["bm25"], in: folder)?.candidates() ?? [])
    }

    /// Whether a folder has a corpus, so that it may be read.
    package static func isFolder(_ folder: URL) -> Bool { RetrievalFile.first(of: ["corpus"], in: folder) != nil }
}
