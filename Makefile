# A thin front to CMake (CMakePresets.json names the builds).  `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
BUILD := build/release
PITH := $(BUILD)/pith
# A folder of real files for bench, and more of them for demo: make bench PITH_DATA=folder
PITH_DATA ?=
export PITH_DATA

# A folder with a folder of samples for each kind of data, for prior and prior-draw.
PITH_SAMPLES ?=

# What make cross compares: as many bytes of each sample, by which builds, and of which files besides.
CROSS_LEN ?= 200000
CROSS_BUILDS ?= plain gcc-O0 gcc-O3-native clang-O2
CROSS_FILES ?=

.PHONY: all build help demo test test-full prior prior-draw cross fuzz coverage bench install uninstall clean fmt golden docs deb dist

all: build

build:
	@cmake/deps.sh --check build || { echo "(make demo and make test install them)"; exit 1; }
	@cmake --preset release -DPITH_TESTS=OFF >/dev/null
	@cmake --build $(BUILD)
	@echo "built $(PITH); try it: $(PITH) --help"

help:
	@echo "make             build the release: $(PITH)"
	@echo "make demo        install what is missing, build, pack and restore real files beside xz and zstd"
	@echo "make test        install what is missing, build, run the whole fast suite"
	@echo "make test-full   the long suite: every test at full size, more compilers and machines"
	@echo "make cross       levels 8 and 9 on large inputs by several builds: equal bytes (CROSS_LEN, CROSS_FILES, CROSS_BUILDS)"
	@echo "make fuzz        runs each fuzz target for FUZZ_SECONDS (60), or FUZZ_TARGETS='info stream' alone"
	@echo "make coverage    which lines the tests run; below 95 % is a failure"
	@echo "make bench       measure pith and its peers; writes docs/benchmarks.md (PITH_DATA=folder or BENCH_FILES='a b')"
	@echo "make install     PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)"
	@echo "make uninstall   removes what make install put there, same PREFIX and DESTDIR"
	@echo "make golden      writes the golden archives anew (tests/golden/make.sh)"
	@echo "make deb         Debian packages: build/deb/*.deb"
	@echo "make dist        the sources as build/pith-VERSION.tar.gz"
	@echo "make docs        writes the man pages and completions anew (tools/make_docs.sh)"
	@echo "make prior       the built-in priors anew, an hour: PITH_SAMPLES=folder (tools/make_builtin.sh)"
	@echo "make prior-draw  looks for text of PITH_SAMPLES=folder that can be drawn out of the built-in priors"
	@echo "make fmt         clang-format over all sources"
	@echo "make clean       removes build/"

demo:
	@cmake/deps.sh build demo
	@$(MAKE) --no-print-directory build
	@bench/demo.sh $(PITH)

test:
	@cmake/deps.sh build test cross docs deb
	@tests/suite.sh fast

test-full:
	@cmake/deps.sh build test cross cross-full fuzz docs deb
	@tests/suite.sh full

prior:
	@test -n "$(PITH_SAMPLES)" || { echo "make prior PITH_SAMPLES=folder"; exit 1; }
	@cmake/deps.sh build
	@cmake --preset release >/dev/null
	@cmake --build $(BUILD) --target make_builtin
	@tools/make_builtin.sh $(BUILD)/make_builtin "$(PITH_SAMPLES)"

prior-draw:
	@test -n "$(PITH_SAMPLES)" || { echo "make prior-draw PITH_SAMPLES=folder"; exit 1; }
	@cmake/deps.sh build test
	@cmake --preset release -DPITH_TESTS=ON >/dev/null
	@cmake --build $(BUILD) --target test_api_builtin
	@PITH_SAMPLES="$(PITH_SAMPLES)" $(BUILD)/tests/test_api_builtin

cross:
	@cmake/deps.sh build test cross
	@cmake --preset release >/dev/null
	@cmake --build $(BUILD)
	@CROSS_LEN=$(CROSS_LEN) CROSS_FILES="$(CROSS_FILES)" tests/cross/run.sh $(CROSS_BUILDS)

fuzz:
	@cmake/deps.sh build fuzz
	@cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz
	@fuzz/run.sh

coverage:
	@cmake/deps.sh build test coverage
	@tests/coverage.sh

bench:
	@cmake/deps.sh build demo bench
	@$(MAKE) --no-print-directory build
	@bench/bench.sh $(PITH) docs/benchmarks.md

install: build
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD) --prefix "$(PREFIX)"

uninstall:
	@cmake/uninstall.sh $(BUILD) "$(PREFIX)" "$(DESTDIR)"

deb:
	@cmake/deps.sh build deb
	@cmake/deb.sh

dist:
	@cmake/dist.sh

golden: build
	@PITH="$(CURDIR)/$(PITH)" bash tests/golden/make.sh "$(CURDIR)/$(PITH)"

docs:
	@cmake/deps.sh build docs
	@cmake --preset release >/dev/null
	@cmake --build $(BUILD) --target make_docs
	@tools/make_docs.sh $(BUILD)/make_docs

fmt:
	@cmake/deps.sh fmt
	@find include src cli tests fuzz examples bench tools -name '*.[ch]' ! -name '*_table.c' \
	    -exec clang-format -i {} +

clean:
	rm -rf build
