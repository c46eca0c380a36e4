// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceData
import SentenceTransformers

/// A field of a row and the value that it must have, as `--filter` gives them.
struct FieldFilter: Equatable, Sendable {
    let field: String
    let value: String

    /// Parses `FIELD=VALUE`; the value may contain further signs of equality.
    static func parse(_ text: String) throws -> FieldFilter {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
            throw ValidationError("expected FIELD=VALUE, such as language=en")
        }
        return FieldFilter(field: String(text[..<sign]), value: String(text[text.index(after: sign)...]))
    }

    /// Whether a row has the field, and whether it has the value: a string as it is, anything else as it is written.
    func matches(_ row: JSONText) throws -> (hasField: Bool, isEqual: Bool) {
        guard let found = try row.member(field) else { return (false, false) }
        if let text = found.value.asString { return (true, text.isExactly(value)) }
        return (true, found.bytes.elementsEqual(value.utf8))
    }
}

extension [FieldFilter] {
    /// The rows that all filters let through; nil if there are none.
    ///
    /// - Throws: A ``Failure`` if no row has the field of a filter.
    func rows(of rows: [InputRow], in name: String) throws -> RowSet? {
        guard !isEmpty else { return nil }
        var known = [Bool](repeating: false, count: count)
        let allowed = try RowSet(count: rows.count) { index in
            var object: [UInt8] = [UInt8(ascii: "{")]
            object += rows[index].fields ?? []
            object.append(UInt8(ascii: "}"))
            let row = try JSONText(object[...], place: name)
            var isAllowed = true
            for (place, filter) in self.enumerated() {
                let (hasField, isEqual) = try filter.matches(row)
                if hasField { known[place] = true }
                if !isEqual { isAllowed = false }
            }
            return isAllowed
        }
        if let place = known.firstIndex(of: false), !rows.isEmpty {
            throw Failure("no row of \(name) has the field \"\(self[place].field)\", which --filter names")
        }
        return allowed
    }
}
