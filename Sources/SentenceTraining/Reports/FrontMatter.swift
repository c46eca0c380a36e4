// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A value of the lines of YAML at the beginning of a model card, which the Hub reads.
indirect enum FrontMatter {
    case text(String)
    case number(Double)
    case list([FrontMatter])
    case map([(key: String, value: FrontMatter)])

    /// The members as lines, each of which ends.
    static func lines(_ members: [(key: String, value: FrontMatter)], indent: String = "") -> String {
        members.reduce(into: "") { text, member in
            text += "\(indent)\(member.key):\(member.value.rest(indent))"
        }
    }

    /// What follows a key, with its line break.
    private func rest(_ indent: String) -> String {
        switch self {
        case .text(let text): return " \(Self.quoted(text))\n"
        case .number(let number): return " \(number)\n"
        case .map(let members): return "\n" + Self.lines(members, indent: indent + "  ")
        case .list(let elements):
            return "\n"
                + elements.map { element in
                    guard case .map(let members) = element else { return "\(indent)-\(element.rest(indent))" }
                    // The first member stands beside the dash.
                    return "\(indent)- " + Self.lines(members, indent: indent + "  ").dropFirst(indent.utf8.count + 2)
                }.joined()
        }
    }

    /// A text in double quotes, so that nothing in it means anything; what YAML cannot print is escaped.
    static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "\"") { quoted, scalar in
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case " "..."~", "\u{A0}"..."\u{2027}", "\u{202A}"..."\u{FEFE}", "\u{FF00}"..."\u{FFFD}",
                "\u{10000}"..."\u{10FFFF}":
                quoted += String(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        } + "\""
    }
}
