#!/usr/bin/env bash
# Checks that all Swift files are laid out as .swift-format says. `make format` mends most of what it finds.
set -euo pipefail
cd "$(dirname "$0")/.."
exec swift format lint --strict --recursive --parallel Sources Tests Examples Benchmarks Package.swift
