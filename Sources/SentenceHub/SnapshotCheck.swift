// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import SentenceFiles

/// Whether the cache has everything of a model that loading needs.
///
/// Other tools fetch single files, and any download may be killed. The listing of the revision, which our own downloads
/// save, decides; without one, the files that others refer to must exist.
enum SnapshotCheck: Equatable {
    case whole
    /// Everything known to be needed exists; the string says what is not known, as in "whether it has a tokenizer".
    case unknown(String)
    /// Something that is needed is missing; with a description.
    case lacks(String)

    /// Checks a snapshot.
    ///
    /// - Parameters:
    ///   - snapshot: The folder of the model's files.
    ///   - listing: The Hub's listing of the revision, if known.
    ///   - isAbsent: Whether the Hub is known not to have a file.
    ///   - needsWeights: Whether weights are needed.
    init(_ snapshot: URL, listing: RepositoryListing?, isAbsent: (String) -> Bool, needsWeights: Bool) {
        let files = Files(root: snapshot.path)
        self =
            if let listing { Self.compare(files, with: listing, needsWeights) } else {
                Self.follow(files, isAbsent, needsWeights)
            }
    }

    private static func compare(_ files: Files, with listing: RepositoryListing, _ needsWeights: Bool) -> Self {
        let needed = listing.needed { files.read($0.path) }
        let missing = needed.first { (needsWeights || !WeightFiles.mayBe($0.path)) && !files.has($0.path) }
        return missing.map { .lacks("\($0.path), which the model has on the Hub") } ?? .whole
    }

    private static func follow(_ files: Files, _ isAbsent: (String) -> Bool, _ needsWeights: Bool) -> Self {
        let modules = ModuleFolders(read: files.read).modules
        let hasModules = files.has(ModuleFolders.modulesFile)
        for module in modules {
            let folder = module.folder
            if let source = module.namedBy, !module.needsNoFiles, files.names(in: folder).isEmpty {
                return .lacks("\(folder), which \(source) names")
            }
            if module.isRouter,
                ![ModuleFolders.routerFile, "config.json"].map(folder.appendingPath).contains(where: files.has)
            {
                return .lacks("\(folder.appendingPath(ModuleFolders.routerFile)), which its router needs")
            }
            guard needsWeights else { continue }
            let weights = WeightFiles(
                exists: { files.has(folder.appendingPath($0)) }, read: { files.read(folder.appendingPath($0)) })
            if weights.names.isEmpty, module.isTransformer || !hasModules {
                return .lacks("weights (\(folder.appendingPath(WeightFiles.usualName)))")
            }
            if let shard = weights.names.map(folder.appendingPath).first(where: { !files.has($0) }) {
                return .lacks("\(shard), which \(folder.appendingPath(weights.names[0])) names")
            }
        }
        let optional = hasModules ? modules.flatMap { settings(of: $0, files) } : [ModuleFolders.modulesFile]
        if let file = optional.first(where: { !files.has($0) && !isAbsent($0) }) {
            return .unknown("whether it has a \(file)")
        }
        let hasTokenizer = modules.contains { files.names(in: $0.folder).contains(where: Self.isOfTokenizer) }
        let needsTokenizer = !hasModules || modules.contains(where: \.isTransformer)
        return hasTokenizer || !needsTokenizer ? .whole : .unknown("whether it has a tokenizer")
    }

    /// Optional files of a module whose settings change results: prompts, and the maximum length.
    private static func settings(of module: ModuleFolders.Module, _ files: Files) -> [String] {
        let own = module.namedBy == nil ? ["config_sentence_transformers.json"] : []
        // Old models name the file after their architecture, as in sentence_roberta_config.json.
        let hasLength = files.names(in: module.folder).contains {
            $0.hasExactPrefix("sentence_") && $0.hasExactSuffix("_config.json")
        }
        guard module.isTransformer, !hasLength else { return own }
        return own + [module.folder.appendingPath("sentence_bert_config.json")]
    }

    private static func isOfTokenizer(_ name: String) -> Bool {
        name.contains("tokenizer") || name.contains("vocab") || name.hasExactSuffix(".model")
    }

    /// The files of a snapshot; a dangling link does not count as a file.
    private struct Files {
        let root: String

        func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appendingPath(path)) }
        func read(_ path: String) -> Data? { FileManager.default.contents(atPath: root.appendingPath(path)) }
        func names(in folder: String) -> [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPath(folder))) ?? []
            return names.filter { has(folder.appendingPath($0)) }
        }
    }
}
