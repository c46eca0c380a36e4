// swift-tools-version: 6.2
import PackageDescription

// The house, bottom up: a target imports only what stands above it in this table.
// Design: Documentation/Architecture.md.
let package = Package(
    name: "swift-sentence-transformers",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "SentenceTransformers", targets: ["SentenceTransformers"]),
        .library(name: "SentenceTraining", targets: ["SentenceTraining"]),
        .library(name: "SentencePlots", targets: ["SentencePlots"]),
        .library(name: "SentenceDefaultModel", targets: ["SentenceDefaultModel"]),
        .executable(name: "sentence-transformers", targets: ["sentence-transformers"]),
    ],
    traits: [
        .trait(name: "Hub", description: "Downloads models. Without it, no network code is linked."),
        .default(enabledTraits: ["Hub"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Layer 0
        .target(name: "CSentenceKernels", exclude: ["README.md"]),
        .target(name: "SentenceFiles"),
        .target(name: "CSentenceHashes"),
        .target(name: "CSentenceCurl"),
        .target(name: "CSentenceDefaultModel", exclude: ["model.safetensors", "tokenizer.json"]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        // Layer 1
        .target(name: "SentenceTensors", dependencies: ["CSentenceKernels"]),
        .target(name: "SentenceTokenizers", dependencies: ["SentenceFiles"]),
        .target(name: "SentenceTemplates", dependencies: ["SentenceFiles"]),
        .target(
            name: "SentenceHub",
            dependencies: [
                "SentenceFiles", .target(name: "CSentenceHashes", condition: .when(traits: ["Hub"])),
                .target(name: "CSentenceCurl", condition: .when(platforms: [.linux], traits: ["Hub"])),
            ]),
        // Layer 2
        .target(name: "SentenceCheckpoints", dependencies: ["SentenceFiles", "SentenceTensors"]),
        .target(name: "SentenceSearch", dependencies: ["SentenceFiles", "SentenceTensors"]),
        .target(name: "SentenceData", dependencies: ["CZlib", "SentenceFiles"]),
        // Layer 3
        .target(name: "SentencePlots", dependencies: ["SentenceFiles", "SentenceSearch"]),
        .target(
            name: "SentenceEncoders", dependencies: ["SentenceFiles", "SentenceTensors", "SentenceCheckpoints"]),
        // Layer 4
        .target(
            name: "SentenceTransformers",
            dependencies: [
                "SentenceFiles", "SentenceTensors", "SentenceTokenizers", "SentenceTemplates", "SentenceHub",
                "SentenceCheckpoints", "SentenceSearch", "SentenceEncoders",
                .product(name: "Logging", package: "swift-log"),
            ]),
        // Layer 5
        .target(
            name: "SentenceTraining",
            dependencies: [
                "SentenceTransformers", "SentenceFiles", "SentenceTensors", "SentenceTokenizers", "SentenceCheckpoints",
                "SentenceSearch", "SentenceData", "SentenceEncoders", "SentencePlots",
            ]),
        .target(
            name: "SentenceDefaultModel",
            dependencies: [
                "CSentenceDefaultModel", "SentenceTransformers", "SentenceTensors", "SentenceTokenizers",
                "SentenceCheckpoints",
            ]),
        // Layer 6
        .executableTarget(
            name: "sentence-transformers",
            dependencies: [
                "SentenceTransformers", "SentenceDefaultModel", "SentenceTraining", "SentenceFiles", "SentenceHub",
                "SentenceCheckpoints",
                "SentenceData", "SentenceTensors", "SentencePlots",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ]),
        // Examples
        .executableTarget(name: "QuickStart", dependencies: ["SentenceTransformers"], path: "Examples/QuickStart"),
        .executableTarget(name: "Sparse", dependencies: ["SentenceTransformers"], path: "Examples/Sparse"),
        .executableTarget(
            name: "CrossEncoderExample", dependencies: ["SentenceTransformers"], path: "Examples/CrossEncoder"),
        .executableTarget(
            name: "RetrieveRerank", dependencies: ["SentenceTransformers"], path: "Examples/RetrieveRerank"),
        .executableTarget(
            name: "LateInteraction", dependencies: ["SentenceTransformers"], path: "Examples/LateInteraction"),
        .target(
            name: "ExampleData", dependencies: ["SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/Data"),
        .executableTarget(
            name: "TrainingSimilarity", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/Similarity"),
        .executableTarget(
            name: "TrainingSearch", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/Search"),
        .executableTarget(
            name: "TrainingTriplets", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/Triplets"),
        .executableTarget(
            name: "TrainingMatryoshka", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/Matryoshka"),
        .executableTarget(
            name: "TrainingTranslation", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/Translation"),
        .executableTarget(
            name: "TrainingWithoutLabels", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/WithoutLabels"),
        .executableTarget(
            name: "TrainingLoRA", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/LoRA"),
        .executableTarget(
            name: "TrainingStatic", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/Static"),
        .executableTarget(
            name: "TrainingFewShot", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/FewShot",
            exclude: ["requests-test.jsonl", "requests-train.jsonl", "reviews-test.jsonl", "reviews-train.jsonl"]),
        .executableTarget(
            name: "TrainingSpladeDistillation",
            dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/SpladeDistillation"),
        .executableTarget(
            name: "TrainingLateInteraction", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/LateInteraction"),
        .executableTarget(
            name: "TrainingReranker", dependencies: ["ExampleData", "SentenceTraining", "SentenceTransformers"],
            path: "Examples/Training/Reranker"),
        .target(
            name: "DocumentationSnippets",
            dependencies: [
                "SentenceDefaultModel", "SentenceTransformers", "SentenceTraining", "SentencePlots",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Examples/Snippets", packageAccess: false),
        // Benchmarks
        .executableTarget(
            name: "EncodeWorker", dependencies: ["SentenceTransformers"], path: "Benchmarks/EncodeWorker"),
        .executableTarget(
            name: "TrainWorker",
            dependencies: [
                "CPeak", "SentenceTraining", "SentenceTransformers", "SentenceTensors", "SentenceTokenizers",
            ],
            path: "Benchmarks/TrainWorker"),
        .executableTarget(
            name: "MaxSimWorker", dependencies: ["SentenceTransformers"], path: "Benchmarks/MaxSimWorker"),
        .executableTarget(
            name: "SearchWorker", dependencies: ["SentenceSearch", "SentenceTensors", "SentenceFiles"],
            path: "Benchmarks/SearchWorker"),
        .executableTarget(
            name: "MiningBenchmark", dependencies: ["SentenceSearch", "SentenceTensors", "SentenceFiles"],
            path: "Benchmarks/MiningBenchmark"),
        .executableTarget(
            name: "CallersBenchmark", dependencies: ["SentenceTransformers"], path: "Benchmarks/CallersBenchmark"),
        .executableTarget(
            name: "TrainingDataBenchmark", dependencies: ["SentenceTraining", "SentenceTransformers"],
            path: "Benchmarks/TrainingDataBenchmark"),
        .executableTarget(
            name: "StaticBenchmark",
            dependencies: [
                "SentenceDefaultModel", "SentenceTraining", "SentenceTransformers", "SentenceTensors",
                "SentenceTokenizers",
            ],
            path: "Benchmarks/StaticBenchmark"),
        .executableTarget(
            name: "SparseSearchBenchmark", dependencies: ["SentenceSearch"], path: "Benchmarks/SparseSearchBenchmark"),
        .target(name: "CPeak", path: "Benchmarks/CPeak"),
        .executableTarget(
            name: "KernelBenchmark", dependencies: ["CPeak", "CSentenceKernels", "SentenceTensors"],
            path: "Benchmarks/KernelBenchmark"),
        .executableTarget(
            name: "TokenizerBenchmark", dependencies: ["SentenceTokenizers"], path: "Benchmarks/TokenizerBenchmark"),
        // Tests
        .target(
            name: "SentenceTestSupport", dependencies: ["CSentenceHashes", "SentenceData"],
            path: "Tests/SentenceTestSupport"),
        .target(
            name: "CSentenceKernelChecks", dependencies: ["CSentenceKernels"], path: "Tests/CSentenceKernelChecks",
            exclude: ["standalone"]),
        .testTarget(name: "CSentenceHashesTests", dependencies: ["CSentenceHashes"]),
        .testTarget(name: "CSentenceKernelsTests", dependencies: ["CSentenceKernels", "CSentenceKernelChecks"]),
        .testTarget(name: "SentenceFilesTests", dependencies: ["SentenceFiles", "SentenceTestSupport"]),
        .testTarget(
            name: "SentenceTensorsTests",
            dependencies: ["SentenceTensors", "SentenceFiles", "SentenceCheckpoints", "SentenceTestSupport"]),
        .testTarget(
            name: "SentenceTokenizersTests",
            dependencies: ["SentenceTokenizers", "SentenceFiles", "SentenceTestSupport"]),
        .testTarget(
            name: "SentenceTemplatesTests",
            dependencies: ["SentenceTemplates", "SentenceFiles", "SentenceCheckpoints", "SentenceTestSupport"]),
        .testTarget(
            name: "SentenceHubTests",
            dependencies: ["SentenceHub", "SentenceFiles", "SentenceTestSupport"]),
        .testTarget(
            name: "SentenceCheckpointsTests",
            dependencies: ["SentenceCheckpoints", "SentenceFiles", "SentenceTensors", "SentenceTestSupport"]),
        .testTarget(
            name: "SentenceSearchTests",
            dependencies: ["SentenceSearch", "SentenceTensors", "SentenceTestSupport"]),
        .testTarget(
            name: "SentenceDataTests",
            dependencies: ["SentenceData", "SentenceTestSupport"]),
        .testTarget(
            name: "SentenceEncodersTests",
            dependencies: [
                "SentenceEncoders", "SentenceFiles", "SentenceCheckpoints", "SentenceTensors", "SentenceTestSupport",
            ]),
        .testTarget(
            name: "SentencePlotsTests", dependencies: ["SentencePlots", "SentenceSearch", "SentenceTestSupport"]),
        .testTarget(
            name: "SentenceTransformersTests",
            dependencies: [
                "SentenceTransformers", "SentenceFiles", "SentenceTensors", "SentenceCheckpoints", "SentenceEncoders",
                "SentenceTestSupport", "SentenceHub", "DocumentationSnippets",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "SentenceTrainingTests",
            dependencies: [
                "SentenceDefaultModel", "SentenceTraining", "SentenceTransformers", "SentenceFiles", "SentenceTensors",
                "SentenceTokenizers",
                "SentenceCheckpoints", "SentenceData", "SentenceSearch", "SentenceTestSupport",
            ]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "sentence-transformers", "SentenceFiles", "SentenceCheckpoints", "SentenceTensors",
                "SentenceTestSupport",
            ]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)

for target in package.targets where target.type != .system {
    if target.name.hasPrefix("C"), target.type == .regular {
        target.cSettings = [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]
    } else {
        target.swiftSettings = [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .treatAllWarnings(as: .error),
        ]
    }
}
