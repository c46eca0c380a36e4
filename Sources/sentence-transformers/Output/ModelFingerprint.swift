// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Shows whether the model in a folder has changed, without reading it.
enum ModelFingerprint {
    /// A hash of the names, sizes and times of all files in the folder.
    static func of(_ folder: URL) -> String {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        var hash = InputHash()
        for name in names.sorted() {
            // In the cache of the Hub, the files are symbolic links.
            let path = folder.appending(path: name).resolvingSymlinksInPath().path
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                attributes[.type] as? FileAttributeType == .typeRegular
            else { continue }
            let size = System.fileSize(path) ?? 0
            let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            hash.add(text: "\(name) \(size) \(time)")
        }
        return String(hash.value, radix: 16)
    }
}
