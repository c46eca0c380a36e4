// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Paths inside a folder, as they appear in files and listings from outside.
///
/// Compared by bytes: to Swift, "/" with an accent is another character; to the system, it is still a separator.
extension String {
    /// Whether the text, appended to a folder, can only refer to something inside that folder.
    package var isRelativePath: Bool {
        utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(Self.isFileName)
    }

    /// Whether the text is the name of a file and not a path.
    package var isFileName: Bool { Self.isFileName(utf8[...]) }

    private static func isFileName(_ name: Substring.UTF8View) -> Bool {
        !name.isEmpty && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
            && !name.contains { [UInt8(ascii: "/"), UInt8(ascii: "\\"), 0].contains($0) }
    }

    /// The path of something in the folder with this path; the model's own folder is "".
    package func appendingPath(_ name: String) -> String { isEmpty ? name : self + "/" + name }

    /// The folder and the name in a path.
    package var folderAndName: (folder: String, name: String) {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", self) }
        return (String(self[..<slash]), String(self[utf8.index(after: slash)...]))
    }

    /// The path without empty parts and ".".
    package var withoutIdleParts: String {
        utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
            .map { String(Substring($0)) }.joined(separator: "/")
    }
}
