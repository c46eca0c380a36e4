// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The embeddings of a corpus that are kept beside its file, so that the next search need not encode it again.
///
/// `corpus.jsonl` gets `corpus.jsonl.embeddings.npy` and `corpus.jsonl.embeddings.json`; the second says of which model,
/// which settings and which texts they are. They are used only if all of it is as before.
struct CorpusCache {
    private let matrix: URL
    private let record: URL
    /// What must be the same, by the names in the record.
    private let conditions: JSONObject

    /// The cache of a corpus.
    ///
    /// - Parameters:
    ///   - path: The file of the corpus.
    ///   - texts: Its texts.
    ///   - model: The name by which the model was asked for.
    ///   - pipeline: The model.
    ///   - settings: What else changes embeddings.
    init(beside path: String, _ texts: [String], _ model: String, _ pipeline: ModelPipeline, settings: JSONObject) {
        matrix = URL(filePath: path + ".embeddings.npy")
        record = URL(filePath: path + ".embeddings.json")
        var hash = InputHash()
        for text in texts { hash.add(text: text) }
        var conditions: JSONObject = [
            "model": .string(model), "rows": .int(texts.count), "texts": .string(String(hash.value, radix: 16)),
            "model_files": .string(ModelFingerprint.of(pipeline.directory)),
        ]
        conditions.merge(settings) { $1 }
        self.conditions = conditions
    }

    /// The embeddings, if they are those of these texts by this model and these settings.
    func load() -> SearchCorpus? {
        guard let text = try? String(contentsOf: record, encoding: .utf8),
            var found = try? JSONValue(parsing: text).asObject
        else { return nil }
        guard let size = found.removeValue(forKey: "bytes")?.asInt, System.fileSize(matrix.path) == size,
            found == conditions, let corpus = try? SearchCorpus(contentsOf: matrix)
        else { return nil }
        return corpus.storage == .float32 ? corpus : nil
    }

    /// Keeps embeddings; says so if that is not possible, which harms nothing but time.
    func save(_ embeddings: Matrix, isQuiet: Bool) {
        do {
            // Without the record the matrix counts for nothing, so that no mixture of old and new is ever used.
            try? FileManager.default.removeItem(at: record)
            try embeddings.write(to: matrix)
            var record = conditions
            record["bytes"] = .int(System.fileSize(matrix.path) ?? 0)
            try AtomicFile.write(JSONValue.object(record).serialized() + "\n", to: self.record)
        } catch {
            if !isQuiet { Console.warn("the embeddings are not kept for the next search: \(CommandMessage(error))") }
        }
    }
}
