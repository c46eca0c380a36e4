// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The current date and time as text, which some templates put into their instructions.
enum TemplateDate {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// The current time in a format of C's `strftime`, in English.
    static func now(_ format: String, at date: Date = Date()) throws -> String {
        let parts = Calendar(identifier: .gregorian).dateComponents(
            [.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
        let month = months[((parts.month ?? 1) - 1) % 12], day = days[((parts.weekday ?? 1) - 1) % 7]
        func two(_ number: Int?) -> String { ((number ?? 0) < 10 ? "0" : "") + "\(number ?? 0)" }
        var result = ""
        var isField = false
        for character in format {
            guard isField else {
                if character == "%" { isField = true } else { result.append(character) }
                continue
            }
            isField = false
            switch character {
            case "Y": result += "\(parts.year ?? 0)"
            case "y": result += two((parts.year ?? 0) % 100)
            case "m": result += two(parts.month)
            case "d": result += two(parts.day)
            case "H": result += two(parts.hour)
            case "M": result += two(parts.minute)
            case "S": result += two(parts.second)
            case "B": result += month
            case "b": result += month.prefix(3)
            case "A": result += day
            case "a": result += day.prefix(3)
            case "%": result += "%"
            default: throw TemplateError("strftime_now takes no %\(character) in this version")
            }
        }
        return result
    }
}
