// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Comparing and replacing by bytes, where Swift's own functions would go by canonical equivalence.
extension String {
    /// Whether both strings have the same bytes.
    func isSame(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }

    /// Replaces all occurrences of a string that is not empty.
    func replacingAll(_ old: String, with new: String) -> String {
        (try? replacing(FixedString(old), with: new)) ?? self
    }

    /// Replaces all matches of a pattern.
    func replacing(_ pattern: any TextPattern, with new: String) throws(TokenizerError) -> String {
        var failure: TokenizerError?
        var text = self
        var result: [UInt8] = []
        text.withUTF8 { buffer in
            guard let base = buffer.baseAddress else { return }
            var done = 0
            failure = pattern.forEachMatch(base, 0..<buffer.count) { match in
                result.append(contentsOf: buffer[done..<match.lowerBound])
                result.append(contentsOf: new.utf8)
                done = match.upperBound
            }
            result.append(contentsOf: buffer[done...])
        }
        if let failure { throw failure }
        return String(decoding: result, as: UTF8.self)
    }
}
