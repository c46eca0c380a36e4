#!/usr/bin/env bash
# Checks that a package that depends on this one builds and runs: in debug and in release, with and without the trait
# Hub. Without the trait, no network or cryptographic code may be linked.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
# Inside the build folder, so that a second run compiles only what has changed.
folder=$root/.build-dependent
mkdir -p "$folder/Sources/Dependent"

cat > "$folder/Sources/Dependent/main.swift" << 'END'
import Foundation
import SentenceTransformers

let model = try SentenceTransformer(directory: URL(filePath: CommandLine.arguments[1]))
let embeddings = try model.encode(["The weather is lovely today.", "It's so sunny outside!"])
guard embeddings.shape == [2, 48], embeddings.elements.allSatisfy(\.isFinite) else {
    fatalError("the embeddings are \(embeddings)")
}
print("a dependent program encodes")
END

# Writes the manifest; $1: what the dependency says of traits.
write_manifest() {
    cat > "$folder/Package.swift.new" << END
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Dependent",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-sentence-transformers", path: "$root"$1)],
    targets: [
        .executableTarget(
            name: "Dependent",
            dependencies: [.product(name: "SentenceTransformers", package: "swift-sentence-transformers")])
    ])
END
    mv "$folder/Package.swift.new" "$folder/Package.swift"
}

# Builds and runs the program; $1: the configuration.
check() {
    swift build --package-path "$folder" -c "$1" >&2
    program=$(swift build --package-path "$folder" -c "$1" --show-bin-path)/Dependent
    "$program" "$root/Tests/Fixtures/models/mean"
}

for configuration in debug release; do
    write_manifest ""
    echo "=== $configuration, with the trait Hub"
    check "$configuration"
    write_manifest ", traits: []"
    echo "=== $configuration, without the trait Hub"
    check "$configuration"
    if readelf -d "$program" | grep -E "NEEDED.*(Networking|curl|XML)"; then
        echo "$program links network code without the trait Hub" >&2
        exit 1
    fi
    if nm "$program" | grep -q -E "sh_sha256|sc_exchange"; then
        echo "$program links code of downloads without the trait Hub" >&2
        exit 1
    fi
done
