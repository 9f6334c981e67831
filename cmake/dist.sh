#!/bin/bash
# Writes the sources of HEAD to build/pith-VERSION.tar.gz: what is in git, and nothing else.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^#define PITH_VERSION_[A-Z]* //p' include/pith/pith.h | paste -sd.)
git diff --quiet HEAD || echo "note: changes that are not committed are left out" >&2
mkdir -p build
git archive --prefix="pith-$version/" HEAD | gzip -9n >"build/pith-$version.tar.gz"
echo "build/pith-$version.tar.gz"
