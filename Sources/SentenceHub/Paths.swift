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

    /// Whether the text, put after a folder, can only lead to something inside that folder.
    ///
    /// Bytes count: for Swift a "/" with an accent is another character, for the system it ends a folder's name.
    var isRelativePath: Bool {
        utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(Self.isFileName)
    }

    /// Whether the text is the name of a file and no path.
    var isFileName: Bool { Self.isFileName(utf8[...]) }

    private static func isFileName(_ name: Substring.UTF8View) -> Bool {
        !name.isEmpty && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
            && !name.contains { [UInt8(ascii: "/"), UInt8(ascii: "\\"), 0].contains($0) }
    }

    /// The path of something in the folder that the text names; the model's own folder is "".
    func appendingPath(_ name: String) -> String { isEmpty ? name : self + "/" + name }

    /// Whether the text begins with the very bytes, which for `hasPrefix` need only mean the same.
    func hasExactPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Whether the text ends with the very bytes.
    func hasExactSuffix(_ suffix: String) -> Bool { utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }

    /// The folder and the name that a path consists of.
    var folderAndName: (folder: String, name: String) {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", self) }
        return (String(self[..<slash]), String(self[utf8.index(after: slash)...]))
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
