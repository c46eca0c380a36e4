#!/usr/bin/env bash
# Checks that keys and members that may come from files or texts are compared by their bytes: dictionaries and sets of
# `String` take all canonically equivalent texts for one, so they are for names that stand in the code alone.
set -euo pipefail
cd "$(dirname "$0")/.."

python3 - << 'END'
import pathlib, re, sys

# Where the names are ours, or ASCII by the rules of what they name. A new place gets a line here, or uses ExactString.
ALLOWED = {
    "SentenceFiles/ExactString.swift": "turns such a dictionary into an exact one",
    "SentenceFiles/JSON/JSONValue+Decoding.swift": "a type in a message",
    "SentenceTokenizers/Files/TokenizerFiles.swift": "names of files in the code",
    "SentenceTokenizers/Tokenizer+Save.swift": "names of files in the code",
    "SentenceTokenizers/Tokenizer+SpecialTokens.swift": "names of files in the code",
    "SentenceTokenizers/Tokenizer+ChatTemplate.swift": "names of roles in the code",
    "SentenceTokenizers/Files/TokenizerConfiguration.swift": "switches in the code",
    "SentenceTokenizers/Files/ModelTypes.swift": "names of models in the code",
    "SentenceTokenizers/Patterns/WordScanner.swift": "patterns in the code",
    "SentenceCheckpoints/Safetensors/SafetensorsWriter.swift": "names of tensors in the code",
    "SentenceEncoders/EncoderArchitecture.swift": "parts of names of tensors in the code",
    "SentenceEncoders/ModelConfig+Attention.swift": "keys in the code",
    "SentenceEncoders/Heads/ClassificationHeads.swift": "values in the code",
    "SentenceSearch/Lexical/WordCounts.swift": "words, of which canonically equivalent ones are meant to be one",
    "SentenceSearch/Lexical/WordSplitter.swift": "words, of which canonically equivalent ones are meant to be one",
    "SentenceTemplates/TemplateParser.swift": "tags in the code",
    "SentenceTransformers/Files/ArrayFile.swift": "names of tensors in the code, or the one that a caller gives",
    "SentenceTransformers/Modules/Module.swift": "names of tensors in the code",
    "SentenceTransformers/Settings/ModuleFolder.swift": "names of tensors in the code",
    "SentenceTransformers/Modules/Transformer.swift": "names of tensors, which the writer takes",
    "SentenceTransformers/Model/BaseModel.swift": "what a caller gives, which becomes exact at once",
    "SentenceTransformers/Model/BaseModel+Properties.swift": "a copy for users, who ask for prompts by bytes",
    "SentenceTraining/Arguments/TrainingArguments.swift": "what a caller gives, by the names of columns",
    "SentenceTraining/Evaluators/BinaryClassificationEvaluator.swift": "names of metrics in the code",
    "SentenceTraining/Evaluators/CrossEncoder/CrossEncoderClassificationEvaluator.swift": "names of metrics in the code",
    "SentenceTraining/Evaluators/CrossEncoder/CrossEncoderNanoBEIREvaluator.swift": "names of metrics in the code",
    "SentenceTraining/Evaluators/EmbeddingSimilarityEvaluator.swift": "names of metrics in the code",
    "SentenceTraining/Evaluators/EvaluationResult.swift": "names of metrics in the code",
    "SentenceTraining/Evaluators/Evaluator.swift": "names of metrics in the code",
    "SentenceTraining/Evaluators/Statistics/ConfidenceInterval.swift": "names of metrics in the code",
    "SentenceTraining/Evaluators/Statistics/RerankingMeasures.swift": "names of metrics in the code",
    "SentenceTraining/Evaluators/TripletEvaluator.swift": "names of metrics in the code",
    "SentenceTraining/Evaluators/Retrieval/NanoBEIREvaluator.swift": "names of metrics in the code, and data sets of a caller",
    "SentenceTraining/Evaluators/Translation/MultilingualMSEEvaluator.swift": "languages, as a caller names them",
    "SentenceTraining/Optimizers/Adafactor.swift": "names of parameters in the code",
    "SentenceTraining/Optimizers/AdamW.swift": "names of parameters in the code",
    "SentenceTraining/Optimizers/Optimizer.swift": "names of parameters in the code",
    "SentenceTraining/Optimizers/SGD.swift": "names of parameters in the code",
    "SentenceTraining/Trainer/Trainer.swift": "what a caller gives, by the names of data sets",
    "SentenceTraining/Trainer/TrainingCheckpoint.swift": "names of parameters and of arguments in the code",
    "SentenceTraining/Trainer/TrainingHistory.swift": "names of metrics in the code",
    "SentenceTraining/Trainer/TrainingRun.swift": "names of arguments in the code",
    "sentence-transformers/Evaluate/EvaluationReport.swift": "names of metrics, which become exact at once",
    "SentenceHub/Download/HTTPClient.swift": "fields of HTTP, which are ASCII",
}
FORBIDDEN = re.compile(r"\[String: |\bSet<String>|\bDictionary<String\b")
# Tables in the code, variables of the process, and comments.
FINE = re.compile(r"\bstatic (let|var)\b|[eE]nvironment|^\s*//")

root, problems, used = pathlib.Path("Sources"), [], set()
for file in sorted(root.rglob("*.swift")):
    name = str(file.relative_to(root))
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not FORBIDDEN.search(line) or FINE.search(line):
            continue
        if name in ALLOWED:
            used.add(name)
        else:
            problems.append(f"{file}:{number}: keys of String are equal by canonical equivalence; use ExactString")
problems += [f"Scripts/check-texts.sh: {name} needs no exception any more" for name in sorted(ALLOWED.keys() - used)]
print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
sys.exit(1 if problems else 0)
END
