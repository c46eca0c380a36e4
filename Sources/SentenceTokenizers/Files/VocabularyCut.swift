// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A `tokenizer.json` with fewer tokens, which splits every text as before whose tokens are all kept.
///
/// Beside the wanted tokens stay added and special ones, the unknown token, bytes, and what the model needs to reach the
/// wanted ones: for BPE the parts of each merge that makes one, for Unigram the piece with the least score, from which that
/// of unknown text is derived.
struct VocabularyCut {
    /// The new content of the file.
    private(set) var root: JSONObject
    /// For each new id the old one, ascending.
    let ids: [Int32]
    /// For each old id that is kept the new one.
    let renumbered: [Int: Int]

    init(_ json: Data, keeping wanted: Set<Int32>) throws {
        guard let root = try json.withUnsafeBytes({ try JSONValue(parsing: $0) }).asObject,
            var model = root["model"]?.asObject
        else { throw Self.unsupported("it has no model") }
        var entries = try Self.entries(model)
        let tokens = Dictionary(entries.map { (ExactString($0.token), $0.id) }) { $1 }
        var kept = Set(wanted.map(Int.init))
        for token in root["added_tokens"]?.asArray ?? [] {
            if let id = token.asObject?["id"]?.asInt { kept.insert(id) }
        }
        kept.formUnion(Self.ids(in: root["post_processor"] ?? .null))
        if let unknown = model["unk_token"]?.asString.flatMap({ tokens[ExactString($0)] }) ?? model["unk_id"]?.asInt {
            kept.insert(unknown)
        }
        let isByteLevel = try ["pre_tokenizer", "decoder"].contains {
            try (root[ExactString($0)] ?? .null).serialized(.compact).contains("\"ByteLevel\"")
        }
        for entry in entries where entry.isByte || isByteLevel && entry.token.unicodeScalars.count == 1 {
            kept.insert(entry.id)
        }
        if let least = entries.min(by: { ($0.score ?? 0) < ($1.score ?? 0) }), least.score != nil {
            kept.insert(least.id)
        }
        let merges = try Self.merges(model, tokens)
        Self.addParts(of: merges, to: &kept)
        let sorted = kept.sorted()
        let renumbered = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
        ids = sorted.map(Int32.init)
        self.renumbered = renumbered
        entries.removeAll { !kept.contains($0.id) }
        if case .array? = model["vocab"] {
            model["vocab"] = .array(entries.map { [.string($0.token), .double($0.score ?? 0)] })
        } else {
            model["vocab"] = .object(
                Dictionary(entries.map { (ExactString($0.token), .int(renumbered[$0.id] ?? 0)) }) { $1 })
        }
        if let unknown = model["unk_id"]?.asInt { model["unk_id"] = .int(renumbered[unknown] ?? unknown) }
        if let all = model["merges"]?.asArray {
            model["merges"] = .array(zip(all, merges).filter { kept.isSuperset(of: $1.all) }.map(\.0))
        }
        self.root = root
        self.root["model"] = .object(model)
        self.root["post_processor"] = renumber(root["post_processor"] ?? .null)
        self.root["padding"] = renumber(root["padding"] ?? .null)
        self.root["added_tokens"] = renumber(root["added_tokens"] ?? .array([]))
    }

    private struct Entry {
        let token: String
        let id: Int
        let score: Double?

        /// Whether it stands for a byte that has no token.
        var isByte: Bool { token.utf8.count == 6 && token.hasPrefix("<0x") && token.hasSuffix(">") }
    }

    private struct Merge {
        let parts: [Int]
        let result: Int
        var all: Set<Int> { Set(parts + [result]) }
    }

    private static func unsupported(_ message: String) -> TokenizerError {
        TokenizerError(.unsupportedComponent, "tokens cannot be left out: \(message)", file: "tokenizer.json")
    }

    private static func entries(_ model: JSONObject) throws -> [Entry] {
        switch model["vocab"] {
        case .object(let object):
            return try object.map { token, id in
                guard let id = id.asInt else { throw unsupported("the id of \(token.string.quoted) is no number") }
                return Entry(token: token.string, id: id, score: nil)
            }.sorted { $0.id < $1.id }
        case .array(let list):
            return try list.enumerated().map { id, entry in
                guard let pair = entry.asArray, pair.count == 2, let token = pair[0].asString,
                    let score = pair[1].asDouble
                else { throw unsupported("piece \(id) is no text with a score") }
                return Entry(token: token, id: id, score: score)
            }
        default: throw unsupported("the model has no vocabulary")
        }
    }

    private static func merges(_ model: JSONObject, _ tokens: [ExactString: Int]) throws -> [Merge] {
        let prefix = model["continuing_subword_prefix"]?.asString ?? ""
        return try (model["merges"]?.asArray ?? []).map { merge in
            let parts =
                merge.asArray?.compactMap(\.asString)
                ?? merge.asString?.split(separator: " ", omittingEmptySubsequences: false).map(String.init) ?? []
            guard parts.count == 2, let first = tokens[ExactString(parts[0])],
                let second = tokens[ExactString(parts[1])],
                let result = tokens[ExactString(parts[0] + parts[1].dropFirst(prefix.count))]
            else { throw unsupported("a merge joins what is not in the vocabulary: \(parts)") }
            return Merge(parts: [first, second], result: result)
        }
    }

    /// Adds what the merges of kept tokens join, and the parts of these.
    private static func addParts(of merges: [Merge], to kept: inout Set<Int>) {
        let byResult = Dictionary(grouping: merges, by: \.result)
        var open = Array(kept)
        while let token = open.popLast() {
            for part in byResult[token]?.flatMap(\.parts) ?? [] where kept.insert(part).inserted { open.append(part) }
        }
    }

    /// The keys whose values are ids, and the keys whose pairs are a token and its id.
    private static let idKeys: Set<ExactString> = ["id", "ids", "pad_id"], pairKeys: Set<ExactString> = ["sep", "cls"]

    private static func ids(in value: JSONValue) -> [Int] {
        switch value {
        case .array(let list): return list.flatMap(ids)
        case .object(let members):
            return members.flatMap { key, member -> [Int] in
                if idKeys.contains(key) {
                    return [member.asInt].compactMap(\.self) + (member.asArray ?? []).compactMap(\.asInt)
                }
                if pairKeys.contains(key) { return (member.asArray ?? []).compactMap(\.asInt) }
                return ids(in: member)
            }
        default: return []
        }
    }

    /// The value with new ids.
    private func renumber(_ value: JSONValue) -> JSONValue {
        func new(_ value: JSONValue) -> JSONValue {
            if let list = value.asArray { return .array(list.map(new)) }
            guard case .int(let id) = value else { return value }
            return .int(renumbered[id] ?? id)
        }
        switch value {
        case .array(let list): return .array(list.map(renumber))
        case .object(let members):
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, member in
                        (key, Self.idKeys.contains(key) || Self.pairKeys.contains(key) ? new(member) : renumber(member))
                    }))
        default: return value
        }
    }
}

extension Tokenizer {
    /// The tokenizer with the given tokens only, and what is needed to reach them.
    ///
    /// - Parameter wanted: The ids of the tokens to keep.
    /// - Returns: The tokenizer, and for each of its ids the old one.
    /// - Throws: `TokenizerError` if it has no `tokenizer.json`, or one of an unknown form.
    package func keeping(_ wanted: Set<Int32>) throws -> (tokenizer: Tokenizer, ids: [Int32]) {
        var contents = try savedFiles()
        guard let json = contents["tokenizer.json"] else {
            throw TokenizerError(
                .unsupportedComponent,
                "tokens cannot be left out of a tokenizer without tokenizer.json; load it in Python, and save it once more"
            )
        }
        let cut = try VocabularyCut(json, keeping: wanted)
        // The other files with the whole vocabulary are not needed beside this one.
        let small = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", Self.chatTemplateFile]
        contents = contents.filter { small.contains($0.key) }
        contents["tokenizer.json"] = Data(try JSONValue.object(cut.root).serialized(.compact).utf8)
        if let data = contents["tokenizer_config.json"],
            var settings = try data.withUnsafeBytes({ try JSONValue(parsing: $0) }).asObject,
            let added = settings["added_tokens_decoder"]?.asObject
        {
            settings["added_tokens_decoder"] = .object(
                Dictionary(
                    added.map { id, token in
                        (ExactString("\(Int(id.string).flatMap { cut.renumbered[$0] } ?? -1)"), token)
                    }
                ) { $1 })
            contents["tokenizer_config.json"] = Data(try JSONValue.object(settings).serialized(.indented).utf8)
        }
        var changed = files
        changed.contents = contents
        return (try Tokenizer(files: changed), cut.ids)
    }
}
