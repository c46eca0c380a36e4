// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Lines of a name and a value, with the values aligned.
struct Table {
    private var rows: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ value: String) {
        rows.append((name, value))
    }

    /// The lines, each ending with a line break.
    var text: String {
        let width = rows.reduce(0) { max($0, $1.name.count) } + 2
        return rows.map { "\($0.name.padded(to: width, atEnd: true))\($0.value)\n" }.joined()
    }
}

extension String {
    /// The text padded with spaces to a width, at the start or at the end.
    func padded(to width: Int, atEnd: Bool = false) -> String {
        let spaces = String(repeating: " ", count: Swift.max(0, width - count))
        return atEnd ? self + spaces : spaces + self
    }
}
