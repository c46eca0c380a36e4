// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension RepositoryName {
    /// The full name of a model that can be given by its last component alone.
    ///
    /// A name without "/" gets `prefix` (`"sentence-transformers/"`, `"cross-encoder/"`, …, or nothing), unless it is
    /// one of the classic models, which have no organization on the Hub.
    ///
    /// - Throws: ``HubError`` with code `invalidName`.
    package init(_ name: String, prefix: String) throws {
        let isWhole = name.contains("/") || Self.classicNames.contains(name.lowercased())
        try self.init(isWhole ? name : prefix + name)
    }

    /// Models without an organization, from the list in the reference.
    private static let classicNames: Set<String> = [
        "albert-base-v1", "albert-base-v2", "albert-large-v1", "albert-large-v2", "albert-xlarge-v1",
        "albert-xlarge-v2", "albert-xxlarge-v1", "albert-xxlarge-v2", "bert-base-cased-finetuned-mrpc",
        "bert-base-cased", "bert-base-chinese", "bert-base-german-cased", "bert-base-german-dbmdz-cased",
        "bert-base-german-dbmdz-uncased", "bert-base-multilingual-cased", "bert-base-multilingual-uncased",
        "bert-base-uncased", "bert-large-cased-whole-word-masking-finetuned-squad",
        "bert-large-cased-whole-word-masking", "bert-large-cased",
        "bert-large-uncased-whole-word-masking-finetuned-squad", "bert-large-uncased-whole-word-masking",
        "bert-large-uncased", "camembert-base", "ctrl", "distilbert-base-cased-distilled-squad",
        "distilbert-base-cased", "distilbert-base-german-cased", "distilbert-base-multilingual-cased",
        "distilbert-base-uncased-distilled-squad", "distilbert-base-uncased-finetuned-sst-2-english",
        "distilbert-base-uncased", "distilgpt2", "distilroberta-base", "gpt2-large", "gpt2-medium", "gpt2-xl",
        "gpt2", "openai-gpt", "roberta-base-openai-detector", "roberta-base", "roberta-large-mnli",
        "roberta-large-openai-detector", "roberta-large", "t5-11b", "t5-3b", "t5-base", "t5-large", "t5-small",
        "transfo-xl-wt103", "xlm-clm-ende-1024", "xlm-clm-enfr-1024", "xlm-mlm-100-1280", "xlm-mlm-17-1280",
        "xlm-mlm-en-2048", "xlm-mlm-ende-1024", "xlm-mlm-enfr-1024", "xlm-mlm-enro-1024", "xlm-mlm-tlm-xnli15-1024",
        "xlm-mlm-xnli15-1024", "xlm-roberta-base", "xlm-roberta-large-finetuned-conll02-dutch",
        "xlm-roberta-large-finetuned-conll02-spanish", "xlm-roberta-large-finetuned-conll03-english",
        "xlm-roberta-large-finetuned-conll03-german", "xlm-roberta-large", "xlnet-base-cased", "xlnet-large-cased",
    ]
}
