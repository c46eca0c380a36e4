// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Tokenizer {
    /// The same tokenizer, changing texts to lower case first; itself if it already does.
    ///
    /// `do_lower_case` in an old `sentence_bert_config.json` asks for this.
    public func withLowercasing() -> Tokenizer {
        var members: [any Normalizer] = []
        switch pipeline.normalizer {
        case is Lowercase: return self
        case let sequence as NormalizerSequence:
            if sequence.members.contains(where: { $0 is Lowercase }) { return self }
            members = sequence.members
        case let normalizer?: members = [normalizer]
        case nil: break
        }
        // Added tokens are still searched for in the form that the old normalizer gave them, as in the reference.
        let lowered = Pipeline(
            normalizer: NormalizerSequence([Lowercase()] + members), preTokenizer: pipeline.preTokenizer,
            model: pipeline.model, added: pipeline.added, templates: pipeline.templates, decoder: pipeline.decoder)
        return Tokenizer(
            self, pipeline: lowered, addsLowercase: true, addedSpecialTokens: addedSpecialTokens)
    }

    /// Writes the tokenizer's files into an existing folder, so that the reference loads the same tokenizer from them.
    ///
    /// They are the loaded files, byte for byte, except for the changes by `withLowercasing` and `withSpecialTokens`.
    ///
    /// - Throws: `TokenizerError`: `unwritableFile`.
    public func save(to directory: URL) throws {
        for (name, data) in try savedFiles().sorted(by: { $0.key < $1.key }) {
            do {
                try AtomicFile.write(to: directory.appendingPathComponent(name)) { output in
                    try data.withUnsafeBytes { try output.write($0) }
                }
            } catch {
                throw TokenizerError(
                    .unwritableFile, "cannot be written to \(directory.path): \(error.causeDescription)", file: name)
            }
        }
    }

    func savedFiles() throws -> [String: Data] {
        var contents = files.contents
        try addSpecialTokens(to: &contents)
        guard addsLowercase else { return contents }
        if let data = contents["tokenizer.json"] {
            contents["tokenizer.json"] = try JSONPatch.lowercaseNormalizer(data)
        }
        // A class that builds its own normalizer ignores the one in tokenizer.json, so the configuration must ask for
        // the same: lower case, and accents treated as before.
        if let bert = pipeline.normalizer as? NormalizerSequence, bert.members.count == 2,
            let normalizer = bert.members[1] as? BertNormalizer
        {
            let old = contents["tokenizer_config.json"] ?? Data("{}".utf8)
            contents["tokenizer_config.json"] = try JSONPatch.set(
                [
                    ("do_lower_case", "true"),
                    ("strip_accents", "\(normalizer.stripsAccents ?? normalizer.lowersCase)"),
                ], in: old)
        }
        return contents
    }
}

/// Changes single values of a JSON object and leaves all other bytes unchanged.
package enum JSONPatch {
    /// Sets values, given as JSON, for keys of the top-level object.
    package static func set(_ values: [(key: String, json: String)], in data: Data) throws -> Data {
        var data = data
        for (key, json) in values {
            if let range = try range(of: key, in: data) {
                data.replaceSubrange(
                    range.lowerBound + data.startIndex..<range.upperBound + data.startIndex,
                    with: Data(json.utf8))
            } else if let brace = data.firstIndex(of: 0x7B) {
                let rest = data[(brace + 1)...].first { !$0.isJSONSpace }
                let comma = rest == 0x7D ? "" : ", "
                data.insert(contentsOf: Data("\"\(key)\": \(json)\(comma)".utf8), at: brace + 1)
            }
        }
        return data
    }

    /// Puts `Lowercase` before the normalizer of a `tokenizer.json`.
    static func lowercaseNormalizer(_ data: Data) throws -> Data {
        var members = "{\"type\":\"Lowercase\"}"
        if let range = try range(of: "normalizer", in: data) {
            let old = String(
                decoding: data[range.lowerBound + data.startIndex..<range.upperBound + data.startIndex],
                as: UTF8.self)
            if let inner = try sequenceMembers(Data(old.utf8)) {
                members += inner.isEmpty ? "" : ",\(inner)"
            } else if old != "null" {
                members += ",\(old)"
            }
        }
        return try set([("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[\(members)]}")], in: data)
    }

    /// The text between the brackets of a normalizer that is a sequence; nil for any other.
    private static func sequenceMembers(_ data: Data) throws -> String? {
        guard data.first == 0x7B, let range = try range(of: "normalizers", in: data), range.count >= 2 else {
            return nil
        }
        let list = String(decoding: data[range.lowerBound + 1..<range.upperBound - 1], as: UTF8.self)
        return list.allSatisfy(\.isWhitespace) ? "" : list
    }

    static func range(of key: String, in data: Data) throws -> Range<Int>? {
        try data.withUnsafeBytes { raw in
            var cursor = JSONCursor(raw.assumingMemoryBound(to: UInt8.self))
            do throws(JSONFlaw) {
                guard try cursor.seek(key) else { return nil }
                let start = cursor.position
                try cursor.skipValue()
                return start..<cursor.position
            } catch {
                throw TokenizerError(error)
            }
        }
    }
}
