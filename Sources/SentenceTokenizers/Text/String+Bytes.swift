// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Comparing and replacing by bytes, since Swift's own functions use canonical equivalence.
extension String {
    /// Replaces all occurrences of a non-empty string.
    func replacingAll(_ old: String, with new: String) -> String {
        (try? replacing(FixedString(old), with: new)) ?? self
    }

    /// The largest length of a decoded text.
    static let decodedLimit = 1 << 26

    /// The error for texts that a file makes too long when they are decoded.
    static let tooLong = TokenizerError(
        .textTooLong, "a text grows beyond \(decodedLimit) bytes when decoded; decode it in parts")

    /// Replaces all matches of a pattern.
    func replacing(_ pattern: any TextPattern, with new: String) throws(TokenizerError) -> String {
        var failure: TokenizerError?
        var isTooLong = false
        var text = self
        var result: [UInt8] = []
        text.withUTF8 { buffer in
            guard let base = buffer.baseAddress else { return }
            var done = 0
            failure = pattern.forEachMatch(base, 0..<buffer.count) { match in
                result.append(contentsOf: buffer[done..<match.lowerBound])
                if result.count + new.utf8.count < Self.decodedLimit {
                    result.append(contentsOf: new.utf8)
                } else {
                    isTooLong = true
                }
                done = match.upperBound
            }
            result.append(contentsOf: buffer[done...])
        }
        if let failure { throw failure }
        if isTooLong { throw Self.tooLong }
        return String(decoding: result, as: UTF8.self)
    }
}
