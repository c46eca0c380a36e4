// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTransformers

/// The options of an adapter as `lora` in a file of settings has them, or as `--lora r=16,alpha=32` does.
enum LoRASetting {
    private static let expected =
        "an object or a text of r, alpha, dropout, targets, modules_to_save and rslora, such as r=16,alpha=32"

    static func options(_ value: JSONValue) throws -> LoRAOptions {
        let members: JSONObject
        switch value {
        case .object(let object): members = object
        case .string(let text): members = try parse(text)
        case .int(let rank): members = ["r": .int(rank)]
        default: throw TrainSetting.Mismatch(value, expected)
        }
        var options = LoRAOptions(), alpha: Double?
        for (key, member) in members {
            switch key.string {
            case "r", "rank": options.rank = try required(member.asInt, value)
            case "alpha", "lora_alpha": alpha = try required(member.asDouble, value)
            case "dropout", "lora_dropout": options.dropout = try required(member.asDouble, value)
            case "rslora", "use_rslora":
                guard case .bool(let flag) = member else { throw TrainSetting.Mismatch(value, expected) }
                options.isRankStabilized = flag
            case "modules_to_save": options.modulesToSave = try required(names(member), value)
            case "targets", "target_modules":
                let found = try required(names(member), value)
                options.targets =
                    found == ["all-linear"]
                    ? .allLinear
                    : found.count == 1 && isPattern(found[0]) ? .pattern(found[0]) : .modules(found)
            default: throw TrainSetting.Mismatch(value, expected)
            }
        }
        options.alpha = alpha ?? Double(options.rank)
        return options
    }

    /// `r=16,targets=query+value`, or a rank alone.
    private static func parse(_ text: String) throws -> JSONObject {
        if let rank = Int(text) { return ["r": .int(rank)] }
        var members: JSONObject = [:]
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2 else { throw TrainSetting.Mismatch(.string(text), expected) }
            members[ExactString(sides[0])] = (try? JSONValue(parsing: sides[1])) ?? .string(sides[1])
        }
        return members
    }

    /// Whether a text is a regular expression, and not a name.
    private static func isPattern(_ text: String) -> Bool { text.contains { "*\\()[]|^$?".contains($0) } }

    /// A list of names, a regular expression, or names with "+" between them.
    private static func names(_ value: JSONValue) -> [String]? {
        if let text = value.asString { return isPattern(text) ? [text] : text.split(separator: "+").map(String.init) }
        guard case .array(let list) = value else { return nil }
        let names = list.compactMap(\.asString)
        return names.count == list.count ? names : nil
    }

    private static func required<Value>(_ found: Value?, _ value: JSONValue) throws -> Value {
        guard let found else { throw TrainSetting.Mismatch(value, expected) }
        return found
    }
}
