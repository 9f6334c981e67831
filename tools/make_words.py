#!/usr/bin/env python3
"""Writes src/codec/bytes/words_table.c, the word list of the text transform.

Usage: make_words.py CORPUS > src/codec/bytes/words_table.c
CORPUS is a folder with one folder for each kind of text (prose-en, docs, html, ...).  A word counts
by how often and in how many files it stands; what one file repeats is damped, so that its jargon
does not get in.  The order is part of the format: the first words get the shortest codes.
"""
import collections
import os
import re
import sys

KINDS = {"prose-en": 1.0, "docs": 1.5, "html": 1.0, "email": 3.0, "json": 0.7, "logs": 0.7,
         "code": 0.4, "config": 1.0, "xml": 0.7, "csv": 0.5}
SHORT, MIDDLE = 64, 52 * 128  # words with codes of one and of two bytes: see text.h

counts, files = collections.Counter(), collections.Counter()
for kind, weight in KINDS.items():
    for folder, _, names in os.walk(os.path.join(sys.argv[1], kind)):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                found = re.findall(rb"[A-Za-z]+", file.read())
            here = collections.Counter(w.lower() for w in found
                                       if w.islower() or w.isupper() or w[1:].islower())
            for word, count in here.items():
                counts[word] += weight * min(count, 200 + count ** 0.75)
                files[word] += 1

words = [w for w in counts if 2 <= len(w) <= 24 and files[w] >= 6 and counts[w] >= 20]
words.sort(key=lambda w: (-counts[w], w))
short = [w for w in words if len(w) >= 2][:SHORT]
rest = [w for w in words if w not in set(short) and len(w) >= 3]
middle, long = sorted(rest[:MIDDLE]), sorted(rest[MIDDLE:])
long = [w for w in long if len(w) >= 4]

words = short + middle + long
print("/* Made by tools/make_words.py. Do not edit: this list is part of the format. */")
print('#include "codec/bytes/text.h"\n')
print(f"const uint32_t pith_text_n_words = {len(words)};")
print("const char pith_text_word_list[] =")
line = ""
for word in words:
    if len(line) + len(word) + 1 > 92:
        print(f'    "{line}"')
        line = ""
    line += word.decode() + " "
print(f'    "{line}";')
print(len(words), "words,", sum(len(w) + 1 for w in words), "bytes", file=sys.stderr)
