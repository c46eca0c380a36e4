// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTemplates
import SentenceTokenizers

/// Turns the texts of a chat model into messages, and renders these with the chat template.
///
/// A text becomes a message of the role "user", and a pair one message of the role "query" and one of the role
/// "document". A prompt becomes a message of the role "system" before them.
struct ChatMessages: Sendable {
    /// Whether the content of a message is a list of parts instead of a text.
    let isStructured: Bool
    private let template: ChatTemplate
    private let variables: [ExactString: TemplateValue]
    /// Why the template cannot render a pair; nil if it can.
    private let pairFailure: String?

    /// Reads the message settings of a model; nil if it does not use messages.
    ///
    /// - Parameters:
    ///   - config: The module's configuration.
    ///   - tokenizer: The tokenizer, whose files include the template.
    ///   - isInferred: Whether messages are used if there is a template, even if the configuration does not mention
    ///     them, as for a plain Hugging Face folder.
    /// - Throws: ``CheckpointError``, ``TokenizerError``, or ``SentenceTransformersError`` if the template uses
    ///   features that this version does not support.
    init?(_ config: ModelConfig, tokenizer: Tokenizer, isInferred: Bool) throws {
        try Self.checkSettings(config)
        let modalities = try config.optionalObject("modality_config")
        let message = try modalities?.optionalObject("message")
        guard message != nil || isInferred, let source = try tokenizer.chatTemplate() else {
            guard message == nil else {
                throw config.error("modality_config", "its messages need a chat template, and the tokenizer has none")
            }
            return nil
        }
        template = try Self.named { try ChatTemplate(source) }
        let format = try message?.string("format", default: "auto") ?? "auto"
        guard ["auto", "structured", "flat"].contains(format) else {
            throw config.error("modality_config", "expected a format of auto, structured or flat")
        }
        isStructured =
            format == "auto" ? Self.structuredSigns.contains(where: source.contains) : format == "structured"
        variables = try Self.variables(config, tokenizer)
        pairFailure = Self.pairFailure(template, isStructured, variables)
    }

    /// Strings by which the reference recognises a template that expects structured content.
    private static let structuredSigns = [
        "content[0]", ".type", "'type'", "\"type\"", "item.type", "message.content[",
    ]

    /// The variables of a template other than the messages.
    private static func variables(_ config: ModelConfig, _ tokenizer: Tokenizer) throws -> [ExactString: TemplateValue]
    {
        var variables: [ExactString: TemplateValue] = [
            "tools": .null, "documents": .null, "add_generation_prompt": .bool(false),
        ]
        for (name, token) in tokenizer.specialTokens { variables[name] = .string(token) }
        let settings = try config.optionalObject("processing_kwargs")?.optionalObject("chat_template")
        for (name, value) in settings?.values ?? [:] {
            guard !tokenizerSettings.contains(name.string) else { throw unsupported(config, "chat_template.\(name)") }
            guard let value = TemplateValue(value) else { throw unsupported(config, "chat_template.\(name)") }
            variables[name] = value
        }
        return variables
    }

    /// Keys among the template's settings that configure the tokenizer instead of the template.
    private static let tokenizerSettings = [
        "padding", "truncation", "max_length", "return_tensors", "return_dict", "tokenize", "restore_suffix",
        "continue_final_message", "chat_template",
    ]

    /// Refuses tokenizer settings in the configuration that this version would ignore.
    private static func checkSettings(_ config: ModelConfig) throws {
        let settings = try config.optionalObject("processing_kwargs")
        for name in ["text", "common"] where !(try settings?.optionalObject(name)?.values.isEmpty ?? true) {
            throw unsupported(config, name)
        }
    }

    private static func unsupported(_ config: ModelConfig, _ name: String) -> CheckpointError {
        CheckpointError(
            .unsupported, file: config.name, "\"processing_kwargs.\(name)\" is not supported by this version")
    }

    /// Runs `body` and converts template errors to errors of the model.
    private static func named<R>(_ body: () throws -> R) throws -> R {
        do { return try body() } catch let error as TemplateError {
            throw SentenceTransformersError(.unsupportedModel, "\(error)")
        }
    }

    /// The rendered text of an input.
    ///
    /// - Throws: ``SentenceTransformersError`` if the template cannot render it.
    func text(of input: TokenizerInput, prompt: String, task: EncodingTask?) throws -> String {
        if input.pair != nil, let pairFailure {
            throw SentenceTransformersError(
                .unsupportedModel,
                "the model's chat template cannot show a pair, since \(pairFailure); it needs one that shows messages of "
                    + "the roles \"query\" and \"document\", in chat_template.jinja")
        }
        return try Self.text(of: input, prompt, task, template, isStructured, variables)
    }

    private static func text(
        of input: TokenizerInput, _ prompt: String, _ task: EncodingTask?, _ template: ChatTemplate,
        _ isStructured: Bool, _ variables: [ExactString: TemplateValue]
    ) throws -> String {
        func message(_ role: String, _ text: String) -> TemplateValue {
            let part = TemplateValue.object([("type", .string("text")), ("text", .string(text))])
            return .object([("role", .string(role)), ("content", isStructured ? .list([part]) : .string(text))])
        }
        var messages = prompt.isEmpty ? [] : [message("system", prompt)]
        if let pair = input.pair {
            messages += [message("query", input.text), message("document", pair)]
        } else {
            messages.append(message("user", input.text))
        }
        var variables = variables
        variables["messages"] = .list(messages)
        if let task { variables["task"] = .string(task.rawValue) }
        return try named { try template.render(variables) }
    }

    /// Why the template cannot render a pair; nil if it can.
    ///
    /// Renders samples to see whether the result depends on both texts, which the template's source does not tell.
    private static func pairFailure(
        _ template: ChatTemplate, _ isStructured: Bool, _ variables: [ExactString: TemplateValue]
    ) -> String? {
        do {
            let texts = try [("alpha", "bravo"), ("charlie", "bravo"), ("alpha", "foxtrot")].map { first, second in
                try text(of: TokenizerInput(first, pair: second), "", nil, template, isStructured, variables)
            }
            let lost = zip(["query", "document"], texts.dropFirst()).filter { $0.1 == texts[0] }.map(\.0)
            return lost.isEmpty ? nil : "it leaves out the \(lost.joined(separator: " and the "))"
        } catch {
            return "\(error)"
        }
    }
}

extension TemplateValue {
    /// Converts a value of a configuration; nil if it contains an invalid string.
    ///
    /// Members of objects are sorted, because their order in the file is lost.
    fileprivate init?(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(number)
        case .double(let number): self = .double(number)
        case .string(let text): self = .string(text)
        case .brokenString: return nil
        case .array(let elements):
            let values = elements.compactMap(TemplateValue.init)
            guard values.count == elements.count else { return nil }
            self = .list(values)
        case .object(let members):
            let values = members.sorted { $0.key < $1.key }.compactMap { key, value in
                TemplateValue(value).map { (key.string, $0) }
            }
            guard values.count == members.count else { return nil }
            self = .object(values)
        }
    }
}
