// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// The command without a verb: it knows the verbs and the version.
struct SentenceTransformersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sentence-transformers",
        abstract: "Turn texts into vectors that are similar if the texts are, with Sentence Transformers models.",
        discussion: """
            A model is a folder, or a name on the Hub, which is downloaded once. Results go to standard output, everything \
            else to standard error. The exit status is 0, 1 for a failure, or 64 for wrong usage.

            Example:
              sentence-transformers encode --model all-MiniLM-L6-v2 --input a.txt
            """,
        version: libraryVersion,
        subcommands: [
            EncodeCommand.self, SimilarityCommand.self, RankCommand.self, PredictCommand.self, TokenizeCommand.self,
            InfoCommand.self, BenchCommand.self, DownloadCommand.self, EvaluateCommand.self,
            SearchCommand.self, ClusterCommand.self, MineCommand.self, QuantizeCommand.self, TrainCommand.self,
            MergeCommand.self, ExportCommand.self, DistillCommand.self,
            FewShotCommand.self, TruncateVocabularyCommand.self,
        ])
}

@main
enum Program {
    static func main() {
        System.reserveStandardStreams()
        Interruption.install()
        do {
            var command = try SentenceTransformersCommand.parseAsRoot()
            try command.run()
        } catch is Interruption.ClosedPipe {
            System.exit(Interruption.closedPipeStatus)
        } catch let error where SentenceTransformersCommand.exitCode(for: error) == .failure {
            Console.fail(error)
        } catch {
            // Help, the version, and wrong usage, which has its own exit status.
            SentenceTransformersCommand.exit(withError: error)
        }
    }
}
