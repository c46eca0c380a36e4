# Everything here also works by hand; see CONTRIBUTING.md.

SHELL = /bin/bash

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile | expand -t 14

.PHONY: quickstart
quickstart: model ## Build and run Examples/QuickStart
	@swift build -c release --product QuickStart >&2
	@.build/release/QuickStart

TRAINING_EXAMPLES = Similarity Search Triplets Matryoshka Translation WithoutLabels LoRA Static FewShot

.PHONY: examples
examples: model ## Run the examples of training, each of which must make its metric better
	@for name in $(TRAINING_EXAMPLES) SpladeDistillation Reranker LateInteraction; do swift build -c release --product Training$$name >&2 || exit 1; done
	@model=$$(Scripts/fetch-model.sh) && for name in $(TRAINING_EXAMPLES); do .build/release/Training$$name "$$model" || exit 1; done
	@.build/release/TrainingSpladeDistillation "$$(Scripts/fetch-model.sh)" "$$(Scripts/fetch-model.sh cognition)"
	@.build/release/TrainingReranker
	@.build/release/TrainingLateInteraction

.PHONY: default-model
default-model: ## Print how well static models agree with their teacher on texts of a dictionary
	@swift build -c release --product StaticBenchmark >&2
	@.build/release/StaticBenchmark "$$(Scripts/fetch-model.sh)" "$$(Scripts/fetch-texts.sh sentences)" "$$(Scripts/fetch-texts.sh definitions)"

# The folders of the real models, for tests and fixtures.
MODELS = model=$$(Scripts/fetch-model.sh) && sparse=$$(Scripts/fetch-model.sh cognition) && \
	export SENTENCE_TEST_MODEL="$$model" SENTENCE_TEST_SPARSE_MODEL="$$sparse" \
	SENTENCE_TEST_BROWSER="$$(Scripts/fetch-browser.sh)"

# Without testable imports tests and programs share one build; no test here is written with XCTest.
TEST_OPTIONS = -c release --disable-testable-imports --disable-xctest

.PHONY: test
test: ## Run all tests, those with the real model included
	@$(MODELS) && swift test $(TEST_OPTIONS)

.PHONY: test-debug
test-debug: ## Run all tests in debug, with optimised kernels; TESTS="--filter NAME" for some
	@$(MODELS) && swift test -Xcc -O2 $(TESTS)

.PHONY: fuzz
fuzz: ## Read more than 100,000 damaged files of every kind; MUTATIONS=n for another number of each
	@log=$$(mktemp) && trap 'rm -f "$$log"' EXIT && set -o pipefail && \
	SENTENCE_FUZZ_MUTATIONS=$(MUTATIONS) swift test $(TEST_OPTIONS) --filter MutationTests 2>&1 | tee "$$log" && \
	awk '/^mutations: / { count += $$2 } END { print count " mutations"; exit !count }' "$$log"

MUTATIONS = 4000

.PHONY: model
model: ## Put all-MiniLM-L6-v2 into the Hugging Face cache
	@Scripts/fetch-model.sh >&2

.PHONY: build
build: ## Build the command line as one file that needs no Swift on the machine
	Scripts/build-static.sh

BINARY = .build/release/sentence-transformers
PREFIX = /usr/local

.PHONY: install
install: ## Install the command line, its manual page and completions below PREFIX; builds it if it is not there
	@[[ -x $(BINARY) ]] || $(MAKE) build
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" Scripts/install.sh $(BINARY)

.PHONY: stream
stream: model ## Encode 1,000,000 lines from a pipe, and print the memory and when the first result came
	@swift build -c release --product sentence-transformers >&2
	@Benchmarks/stream/run.sh $(STREAM_OPTIONS)

.PHONY: format
format: ## Lay out all Swift files
	swift format --in-place --recursive --parallel Sources Tests Examples Benchmarks Package.swift

.PHONY: lint
lint: ## Check layout, file lengths, how texts are compared, and layers
	Scripts/check-format.sh
	Scripts/check-lengths.sh
	Scripts/check-texts.sh
	Scripts/check-layers.sh

.PHONY: snippets
snippets: ## Put the snippets of the documentation where they are compiled
	@SENTENCE_WRITE_SNIPPETS=1 swift test $(TEST_OPTIONS) --filter SnippetTests

.PHONY: documentation
documentation: ## Build the documentation of the library; a link that leads nowhere is an error
	Scripts/check-documentation.sh

.PHONY: fixtures
fixtures: .venv model ## Make the fixtures again from the Python reference
	$(MODELS) && .venv/bin/python Tests/Fixtures/generate.py

.PHONY: neon
neon: ## Check the kernels of 64-bit Arm, in an emulator where needed
	Scripts/test-neon.sh

.PHONY: benchmark
benchmark: model ## Compare with PyTorch, ONNX Runtime and OpenVINO (takes ten minutes and more)
	@Benchmarks/run.sh $(BENCHMARK_OPTIONS)

.PHONY: benchmark-training
benchmark-training: model ## Compare training with the reference on PyTorch (takes some minutes)
	@Benchmarks/run.sh --training $(BENCHMARK_OPTIONS)

.PHONY: kernels
kernels: ## Print what each kernel gives, beside what a core gives at most
	@swift build -c release --product KernelBenchmark >&2
	@.build/release/KernelBenchmark

.PHONY: tokenizers
tokenizers: .venv model ## Compare tokenizers with the reference: speed, loading, long words
	@swift build -c release --product TokenizerBenchmark >&2
	@SENTENCE_TEST_MODEL="$$(Scripts/fetch-model.sh)" .venv/bin/python Benchmarks/tokenizers/compare.py \
	.build/release/TokenizerBenchmark

.PHONY: callers
callers: model ## Encode in many tasks at once: the time against one caller, and the threads
	@swift build -c release --product CallersBenchmark >&2
	@cat Documentation/*.md README.md CONTRIBUTING.md | grep . > .build/callers.txt
	@.build/release/CallersBenchmark "$$(Scripts/fetch-model.sh)" .build/callers.txt

.PHONY: training-data
training-data: ## Index and shuffle 10,000,000 rows of JSON lines, and print the memory and the time; ROWS=n for others
	@swift build -c release --product TrainingDataBenchmark >&2
	@.build/release/TrainingDataBenchmark $(ROWS)

.PHONY: maxsim
maxsim: .venv ## Compare the scores of late interaction with the reference: speed, memory
	@swift build -c release --product MaxSimWorker >&2
	@.venv/bin/python Benchmarks/maxsim/compare.py .build/release/MaxSimWorker $(MAXSIM_OPTIONS)

.PHONY: benchmark-sparse-search
benchmark-sparse-search: .venv ## Compare sparse search and BM25 with the reference, SciPy and bm25s
	@swift build -c release --product SparseSearchBenchmark >&2
	@.venv/bin/python -m pip install --quiet numba
	@.venv/bin/python Benchmarks/search/sparse.py .build/release/SparseSearchBenchmark --results Benchmarks/results \
	$(SPARSE_SEARCH_OPTIONS)

.PHONY: benchmark-search
benchmark-search: .venv ## Compare exact search with faiss and usearch, and write Benchmarks/results/search.*
	@swift build -c release --product SearchWorker >&2
	@.venv/bin/python Benchmarks/search/compare.py .build/release/SearchWorker --output Benchmarks/results $(SEARCH_OPTIONS)

.PHONY: benchmark-mining
benchmark-mining: .venv ## Compare mining and clustering with the reference, faiss and scikit-learn
	@swift build -c release --product MiningBenchmark >&2
	@.venv/bin/python Benchmarks/search/mining.py .build/release/MiningBenchmark --output Benchmarks/results $(MINING_OPTIONS)

.PHONY: interoperability
interoperability: .venv model ## Load what the tests save and download into the Python libraries
	@saved=$$(mktemp -d) && trap 'rm -rf "$$saved"' EXIT && \
	SENTENCE_SAVED_MODELS="$$saved/models" SENTENCE_SAVED_CACHE="$$saved/cache" \
	SENTENCE_TEST_MODEL="$$(Scripts/fetch-model.sh)" \
	swift test $(TEST_OPTIONS) --filter "SavingTests|TrainingTests/steps|ArchitectureTests/saving|WordModelTests/saving|ModuleTests/saving|SparseTests/saving|CrossEncoderTests|DownloadTests|ReportTests|TrainedModelTests" >&2 && \
	.venv/bin/python Tests/Fixtures/check_saved.py "$$saved/models" && \
	.venv/bin/python Tests/Fixtures/check_cache.py "$$saved/cache"

.PHONY: agreement
agreement: .venv ## Print how far sparse and multi-vector models are from the reference
	@swift build -c release --product sentence-transformers >&2
	@.venv/bin/python Tests/Fixtures/agreement.py .build/release/sentence-transformers

.venv: Tests/Fixtures/requirements.txt
	python3 -m venv .venv
	.venv/bin/python -m pip install --quiet --requirement Tests/Fixtures/requirements.txt
	touch .venv
