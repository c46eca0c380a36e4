// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import Testing

@Suite("Paths inside a folder")
struct RelativePathTests {
    @Test(
        "Only what cannot lead out of a folder is a path inside it",
        arguments: [
            ("a", true), ("1_Pooling/config.json", true), ("...", true), ("a..b/.c", true), ("", false), ("/a", false),
            ("a/", false), ("a//b", false), (".", false), ("..", false), ("a/../b", false), ("a\\..\\b", false),
            ("a\0b", false), ("a/..", false), ("\u{301}/..", false), ("..\u{301}", true), ("/\u{301}a", false),
            ("a/\u{301}/..", false),
        ])
    func inside(path: String, isInside: Bool) {
        #expect(path.isRelativePath == isInside)
    }

    @Test("A path comes apart and together, and loses what leads nowhere")
    func parts() {
        #expect("a/b/c".folderAndName == ("a/b", "c") && "c".folderAndName == ("", "c"))
        #expect("a/b".appendingPath("c") == "a/b/c" && "".appendingPath("c") == "c")
        #expect("./1_Pooling/".withoutIdleParts == "1_Pooling" && "a//./b".withoutIdleParts == "a/b")
        #expect("./".withoutIdleParts == "" && "a/../b".withoutIdleParts == "a/../b")
    }
}
