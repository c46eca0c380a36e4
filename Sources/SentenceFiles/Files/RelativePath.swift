// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Paths inside a folder, as files and listings from outside name them.
///
/// Bytes count: for Swift a "/" with an accent is another character, for the system it ends a folder's name.
extension String {
    /// Whether the text, put after a folder, can only lead to something inside that folder.
    package var isRelativePath: Bool {
        utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(Self.isFileName)
    }

    /// Whether the text is the name of a file and no path.
    package var isFileName: Bool { Self.isFileName(utf8[...]) }

    private static func isFileName(_ name: Substring.UTF8View) -> Bool {
        !name.isEmpty && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
            && !name.contains { [UInt8(ascii: "/"), UInt8(ascii: "\\"), 0].contains($0) }
    }

    /// The path of something in the folder that the text names; the model's own folder is "".
    package func appendingPath(_ name: String) -> String { isEmpty ? name : self + "/" + name }

    /// The folder and the name that a path consists of.
    package var folderAndName: (folder: String, name: String) {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", self) }
        return (String(self[..<slash]), String(self[utf8.index(after: slash)...]))
    }

    /// The path without what leads nowhere: empty parts and ".".
    package var withoutIdleParts: String {
        utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
            .map { String(Substring($0)) }.joined(separator: "/")
    }
}
