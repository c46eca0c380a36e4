// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension String {
    /// The path with a `~` at its beginning replaced by the home folder of the environment.
    func expandingHome(_ environment: [String: String]) -> String {
        guard self == "~" || hasPrefix("~/") else { return self }
        return (environment["HOME"] ?? "/") + dropFirst()
    }

    /// Whether the text, put behind a folder, can only lead to something inside that folder.
    var isRelativePath: Bool {
        split(separator: "/", omittingEmptySubsequences: false).allSatisfy { String($0).isFileName }
    }

    /// Whether the text is the name of a file and no path.
    var isFileName: Bool {
        !isEmpty && self != "." && self != ".." && !contains { $0 == "/" || $0 == "\\" || $0 == "\0" }
    }

    /// Whether the text is the full id of a commit: 40 hexadecimal digits in lower case.
    var isCommit: Bool { isHexadecimal(count: 40) }

    /// Whether the text is so many hexadecimal digits in lower case.
    func isHexadecimal(count: Int) -> Bool {
        utf8.count == count && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

extension URL {
    /// Whether a folder is there, symbolic links followed.
    var isExistingFolder: Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }
}
