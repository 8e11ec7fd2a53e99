# SPDX-License-Identifier: MIT
# The four commands of the README; everything else is CMake (CMakePresets.json).

.PHONY: dev check build bench deps

# Looked up when a recipe runs: `deps` may just have installed it.
CMAKE = CMAKE_GENERATOR="$$(command -v ninja >/dev/null && echo Ninja || echo 'Unix Makefiles')" cmake

dev: deps ## serve routes/ and reload on every save
	$(CMAKE) --preset dev
	$(CMAKE) --build --preset dev --parallel "$$(nproc)" --target interlude
	exec build/dev/interlude dev

check: ## every test
	tests/check

build: deps ## build/release/interlude
	$(CMAKE) --preset release
	$(CMAKE) --build --preset release --parallel "$$(nproc)"

bench: build ## figures, with ratios of one run
	$(CMAKE) --build --preset release --parallel "$$(nproc)" --target bench
	tests/bench/run

deps:
	@packaging/install-deps
