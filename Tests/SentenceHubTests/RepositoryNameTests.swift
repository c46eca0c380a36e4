// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceHub
import SentenceTestSupport
import Testing

@Suite struct RepositoryNameTests {
    @Test(arguments: ["foo", "foo/bar", "123", "Foo-BAR_foo.bar123", "_a_", "a/" + String(repeating: "b", count: 96)])
    func soundNamesAreTaken(_ name: String) throws {
        #expect(try RepositoryName(name).description == name)
    }

    @Test(arguments: [
        ("", "has an empty part"),
        ("a/", "has an empty part"),
        ("/a", "has an empty part"),
        ("datasets/foo/bar", "has more than one \"/\"; expected name or organization/name"),
        (".repo_id", "must not begin or end with \"-\" or \".\""),
        ("foo-", "must not begin or end with \"-\" or \".\""),
        ("foo./bar", "must not begin or end with \"-\" or \".\""),
        ("..", "must not begin or end with \"-\" or \".\""),
        ("foo--bar", "must not hold \"--\" or \"..\""),
        ("other..repo..id", "must not hold \"--\" or \"..\""),
        ("foo.git", "must not end with \".git\""),
        ("a\\b", "may only hold letters, digits, \"-\", \"_\" and \".\""),
        ("a\u{0}b", "may only hold letters, digits, \"-\", \"_\" and \".\""),
        ("café", "may only hold letters, digits, \"-\", \"_\" and \".\""),
        ("a b", "may only hold letters, digits, \"-\", \"_\" and \".\""),
        (String(repeating: "b", count: 97), "has more than 96 characters"),
    ])
    func brokenNamesAreRefused(_ name: String, _ reason: String) {
        let shown = name.replacing("\u{0}", with: " ")
        #expect(errorText { try RepositoryName(name) } == "the model name \"\(shown)\" \(reason)")
    }

    @Test(arguments: [
        ("all-MiniLM-L6-v2", "sentence-transformers/", "sentence-transformers/all-MiniLM-L6-v2"),
        ("ms-marco-MiniLM-L6-v2", "cross-encoder/", "cross-encoder/ms-marco-MiniLM-L6-v2"),
        ("colbert", "", "colbert"),
        ("BAAI/bge-m3", "sentence-transformers/", "BAAI/bge-m3"),
        ("bert-base-uncased", "sentence-transformers/", "bert-base-uncased"),
        ("BERT-Base-Uncased", "sentence-transformers/", "BERT-Base-Uncased"),
        ("xlnet-large-cased", "sentence-transformers/", "xlnet-large-cased"),
    ])
    func bareNamesGetTheirPrefix(_ name: String, _ prefix: String, _ whole: String) throws {
        #expect(try RepositoryName(name, prefix: prefix).description == whole)
    }

    @Test func theFolderIsThatOfTheHub() throws {
        #expect(try RepositoryName("a/b-c").folderName == "models--a--b-c")
        #expect(try RepositoryName("gpt2").folderName == "models--gpt2")
    }
}
