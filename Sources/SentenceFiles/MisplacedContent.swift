// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Common wrong contents of a file, recognised by its first bytes.
package enum MisplacedContent: CaseIterable, Sendable {
    /// The placeholder for a large file in a clone without Git LFS.
    case largeFilePointer
    /// A web page, for example one that asks to sign in.
    case webPage
    /// A byte order mark, which some editors put before UTF-8 and JSON does not allow.
    case byteOrderMark

    /// The wrong content that some bytes begin with; nil if it is none of these.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        let kind = Self.allCases.first { kind in
            kind.beginnings.contains {
                bytes.count >= $0.utf8.count && bytes.prefix($0.utf8.count).elementsEqual($0.utf8)
            }
        }
        guard let kind else { return nil }
        self = kind
    }

    private var beginnings: [String] {
        switch self {
        case .largeFilePointer: ["version https://git-lfs.github.com/spec/", "version https://hawser.github.com/spec/"]
        case .webPage: ["<!DOCTYPE html", "<!doctype html", "<html"]
        case .byteOrderMark: ["\u{FEFF}"]
        }
    }

    /// What the file contains, and what to do about it.
    package var message: String {
        switch self {
        case .largeFilePointer:
            "the file is a Git LFS pointer, not the file itself; fetch it with \"git lfs pull\", or download the model anew"
        case .webPage: "the file is a web page, not what it is named after; download it anew"
        case .byteOrderMark: "the file begins with a byte order mark (BOM); save it as UTF-8 without BOM"
        }
    }
}
