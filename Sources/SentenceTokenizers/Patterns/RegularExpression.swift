// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Placeholder.
struct RegularExpression: TextPattern {
    init(_ pattern: String) throws(TokenizerError) {
        throw TokenizerError(.unsupportedComponent, "the regular expression \(pattern) is not supported")
    }
    func forEachMatch(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void) {}
}
