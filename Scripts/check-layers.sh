#!/usr/bin/env bash
# Checks that every target imports, and depends in Package.swift, on nothing but what its layer allows.
set -euo pipefail
cd "$(dirname "$0")/.."

manifest=$(swift package dump-package)
MANIFEST=$manifest python3 - << 'END'
import json, os, pathlib, re, sys

below = "SentenceFiles SentenceTensors SentenceTokenizers SentenceTemplates SentenceHub SentenceCheckpoints SentenceEncoders SentenceSearch"
library = f"{below} SentenceTransformers"
# What a target may import of ours. A new target gets a line here.
ALLOWED = {
    "CSentenceKernels": "",
    "CSentenceHashes": "",
    "CSentenceCurl": "",
    "SentenceFiles": "",
    "SentenceTensors": "CSentenceKernels",
    "SentenceTokenizers": "SentenceFiles",
    "SentenceTemplates": "SentenceFiles",
    "SentenceHub": "CSentenceHashes CSentenceCurl SentenceFiles",
    "SentenceCheckpoints": "SentenceFiles SentenceTensors",
    "SentenceEncoders": "SentenceFiles SentenceTensors SentenceCheckpoints",
    "SentenceSearch": "SentenceFiles SentenceTensors",
    "CZlib": "",
    "SentenceData": "CZlib SentenceFiles",
    "SentenceTransformers": below,
    "CSentenceDefaultModel": "",
    "SentenceDefaultModel": f"{library} CSentenceDefaultModel",
    "SentencePlots": "SentenceFiles SentenceSearch",
    "SentenceTraining": f"{library} SentenceData SentencePlots",
    "SentenceServer": library,
    "sentence-transformers": f"{library} SentenceData SentencePlots SentenceTraining SentenceServer SentenceDefaultModel",
    "QuickStart": "SentenceTransformers",
    "Sparse": "SentenceTransformers",
    "CrossEncoderExample": "SentenceTransformers",
    "RetrieveRerank": "SentenceTransformers",
    "LateInteraction": "SentenceTransformers",
    "ExampleData": "SentenceTraining SentenceTransformers",
    "TrainingSimilarity": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingSearch": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingTriplets": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingMatryoshka": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingTranslation": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingWithoutLabels": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingLoRA": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingStatic": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingFewShot": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingSpladeDistillation": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingLateInteraction": "ExampleData SentenceTraining SentenceTransformers",
    "TrainingReranker": "ExampleData SentenceTraining SentenceTransformers",
    "DocumentationSnippets": "SentenceDefaultModel SentenceTransformers SentenceTraining SentencePlots",
    "EncodeWorker": "SentenceTransformers",
    "TrainWorker": "CPeak SentenceTraining SentenceTransformers SentenceTensors SentenceTokenizers",
    "MaxSimWorker": "SentenceTransformers",
    "StaticBenchmark": "SentenceDefaultModel SentenceTraining SentenceTransformers SentenceTensors SentenceTokenizers",
    "SearchWorker": "SentenceSearch SentenceTensors SentenceFiles",
    "MiningBenchmark": "SentenceSearch SentenceTensors SentenceFiles",
    "CallersBenchmark": "SentenceTransformers",
    "TrainingDataBenchmark": "SentenceTraining SentenceTransformers",
    "SparseSearchBenchmark": "SentenceSearch",
    "CPeak": "",
    "KernelBenchmark": "CPeak CSentenceKernels SentenceTensors",
    "TokenizerBenchmark": "SentenceTokenizers",
    "CSentenceKernelChecks": "CSentenceKernels",
}
IMPORT = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
                    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(C?Sentence\w*)")

targets = {target["name"]: target for target in json.loads(os.environ["MANIFEST"])["targets"]}
problems = []
for name, target in targets.items():
    if target["type"] == "test" or name == "SentenceTestSupport":
        continue
    if name not in ALLOWED:
        problems.append(f"{name}: no layer; give it a line in Scripts/check-layers.sh and in the design")
        continue
    allowed = set(ALLOWED[name].split())
    dependencies = {(d.get("byName") or d.get("target") or [""])[0] for d in target["dependencies"]} & targets.keys()
    for dependency in sorted(dependencies - allowed):
        problems.append(f"Package.swift: {name} depends on {dependency}, which its layer does not allow")
    folder = pathlib.Path(target.get("path") or f"Sources/{name}")
    for file in sorted(folder.rglob("*.swift")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found = IMPORT.match(line)
            if found and found[1] not in allowed:
                problems.append(f"{file}:{number}: {name} imports {found[1]}, which its layer does not allow")

# The folders of a target, lowest first; those of one line know nothing of each other. Files outside of folders are below all.
# The compiler sees no folders, so that names tell: a folder that mentions a type uses the folder that declares it.
FOLDERS = {
    "SentenceSearch": [
        "Matrix", "Similarity", "Sparse", "Lexical Quantization", "Search", "Clustering Fusion Mining Projection"],
    "SentenceTransformers": [
        "Concurrency", "Features", "Settings", "Adapters", "ModuleParts", "Modules", "Loading", "Model", "Encoding",
        "SentenceTransformer CrossEncoder SparseEncoder MultiVectorEncoder Files", "Search"],
    "SentenceTraining": [
        "Losses", "Steps", "Data", "Samplers Optimizers Evaluators Mining", "Arguments", "Trainer", "Reports",
        "Distillation Classification"],
}
DECLARATION = re.compile(r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|final|indirect)\s+)*"
                         r"(?:struct|class|enum|protocol|actor|typealias)\s+(\w+)", re.M)
NO_CODE = re.compile(r'"""[\s\S]*?"""|//[^\n]*|"(?:\\.|[^"\\\n])*"')
for name, levels in FOLDERS.items():
    root = pathlib.Path(f"Sources/{name}")
    level = {folder: index for index, line in enumerate(levels, 1) for folder in line.split()}
    code = {file: NO_CODE.sub("", file.read_text(encoding="utf-8")) for file in sorted(root.rglob("*.swift"))}
    folder = {file: file.relative_to(root).parts[0] if file.parent != root else "" for file in code}
    for unknown in sorted({place for place in folder.values() if place} - level.keys()):
        problems.append(f"{root}/{unknown}: no layer; give the folder a place in Scripts/check-layers.sh")
    owner = {found: folder[file] for file, text in code.items() for found in DECLARATION.findall(text)}
    for file, text in code.items():
        for word in sorted(set(re.findall(r"\b[A-Z]\w+", text)) & owner.keys()):
            here, there = folder[file], owner[word]
            if here != there and there and level.get(there, 0) >= level.get(here, 0):
                problems.append(f"{file}: uses {word} of the folder {there}, which is not below")
print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
sys.exit(1 if problems else 0)
END

# The compiler's own check: no import without a dependency.
exec swift build -c release --explicit-target-dependency-import-check error
