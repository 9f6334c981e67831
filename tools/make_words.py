#!/usr/bin/env python3
"""Writes src/codec/bytes/words_table.c, the word list of the text transform.

Usage: make_words.py CORPUS SCOWL > src/codec/bytes/words_table.c
CORPUS is a folder with one folder for each kind of text (prose-en, docs, html, ...).  A word counts
by how often and in how many files it stands; what one file repeats is damped, so that its jargon
does not get in.  The order is part of the format: the first words get the shortest codes.

SCOWL is a folder of the Spell Checker Oriented Word Lists (Debian's package scowl installs it as
/usr/share/dict/scowl; docs/scowl.txt has its copyright), whose size classes 10 to 70 go from the
commonest words to the rarest; the larger ones are not looked at.  It brings in rare words, those
that the corpus has in few files or in none: each is worth a code because spelling a word for the
first time costs about thirty bits, and telling a code about twenty.

Within a length of code the order of the common words is learnt: words that stand between the same
neighbours come together, so that the first byte of a code is a class of words (names, verbs,
adjectives, ...) and each bit of a code is a decision that the neighbours help to predict.  The
classes maximise the likelihood of a class model of word pairs (Brown et al. 1992; Kneser and Ney
1993; Martin, Liermann and Ney 1998), with two differences: a class has room for a fixed number of
words, and classes are made by halving.  A set of words is cut into two of given sizes; then each
word is scored by how much likelier its neighbours are in one half than in the other, the sizes are
filled anew from the highest score down, and so on until the likelihood no longer rises.  Then each
half is cut likewise, down to single words.

Rare words are put into groups of 16384, one for each first byte of a code, by how likely they are;
within a group they are sorted by their endings, which say nearly as much as learnt classes do.
"""
import collections
import glob
import math
import os
import re
import sys

KINDS = {"prose-en": 1.0, "docs": 1.5, "html": 1.0, "email": 3.0, "json": 0.7, "logs": 0.7,
         "code": 0.4, "config": 1.0, "xml": 0.7, "csv": 0.5}
SHORT, LEADS, SECOND = 64, 52, 128  # codes of one byte; the bytes of those of two: see text.c
MIDDLE = LEADS * SECOND
LAST = SECOND * SECOND  # codes of three bytes with the same first byte
LEN_MIN, LEN_MAX = 4, 24  # of words with codes of three bytes; of all

ROUNDS = 5           # of reassigning at most, for each cut
STARTS = 3           # first cuts that are tried
PAIR_MIN = 1.01      # what stands once teaches little and takes half of the time
NEXT_WEIGHT = 0.3    # a code is predicted from what stands before it, so that counts for more
SMOOTHING = 0.05     # of a neighbour's probability towards that in both halves together

TOKEN = re.compile(rb"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|\n\s*\n|[^A-Za-z0-9\s]")
UNKNOWN, NUMBER, PARAGRAPH = b"A", b"0", b"\n"  # tokens that stand for many


def texts(corpus):
    """Yields every file of the corpus with its kind's weight."""
    for kind, weight in KINDS.items():
        for folder, subfolders, names in os.walk(os.path.join(corpus, kind)):
            subfolders.sort()
            for name in sorted(names):
                with open(os.path.join(folder, name), "rb") as file:
                    yield weight, file.read()


def count_words(corpus):
    """How often each word stands in the corpus, damped, and in how many files."""
    counts, files = collections.Counter(), collections.Counter()
    for weight, text in texts(corpus):
        here = collections.Counter(w.lower() for w in re.findall(rb"[A-Za-z]+", text)
                                   if w.islower() or w.isupper() or w[1:].islower())
        for word, count in here.items():
            counts[word] += weight * min(count, 200 + count ** 0.75)
            files[word] += 1
    return counts, files


def choose_common(counts, files):
    """The words with codes of one, two and three bytes."""
    words = [w for w in counts if 2 <= len(w) <= LEN_MAX and files[w] >= 6 and counts[w] >= 20]
    words.sort(key=lambda w: (-counts[w], w))
    taken = set(words[:SHORT])
    rest = [w for w in words if w not in taken and len(w) >= 3]
    return words[:SHORT], sorted(rest[:MIDDLE]), sorted(w for w in rest[MIDDLE:] if len(w) >= LEN_MIN)


def read_scowl(folder):
    """The size class of each word of the lists: 10 for the commonest to 70."""
    sizes = {}
    for name in glob.glob(os.path.join(folder, "*.[1-7][0-9]")):
        with open(name, "rb") as file:
            for word in file.read().lower().split():
                word = word.removesuffix(b"'s")
                if word.isalpha() and word.isascii():
                    sizes[word] = min(sizes.get(word, 99), int(name[-2:]))
    return sizes


def choose_rare(counts, files, sizes, common):
    """The other words that are worth a code, the likeliest first.  How likely a word is to stand in
    a text is told roughly, in units of a word of SCOWL's common half that is in no file, from the
    share of such words found in an encyclopedia; in other texts the order is much the same."""
    def likelihood(word):
        size = sizes.get(word, 100)
        return files[word] + 1 if size <= 50 else files[word] * (0.6 if size < 100 else 0.2)

    words = [w for w in (files.keys() | sizes.keys()) - common
             if LEN_MIN <= len(w) <= LEN_MAX and likelihood(w) >= 1]
    return sorted(words, key=lambda w: (-likelihood(w), -counts[w], w))


def arrange_rare(words, n_before):
    """In spans of LAST, of which the first has n_before words already, by their endings."""
    order, room = [], LAST - n_before
    while words:
        order += sorted(words[:room], key=lambda w: w[::-1])
        words, room = words[room:], LAST
    return order


class TokenNames(dict):
    """Maps what TOKEN finds to what it counts as."""

    def __init__(self, words):
        super().__init__()
        self.words = set(words)

    def __missing__(self, found):
        if found.isalpha():
            name = found.lower() if found.lower() in self.words else UNKNOWN
        elif found.isdigit():
            name = NUMBER
        else:
            name = PARAGRAPH if found.isspace() else found
        self[found] = name
        return name


def count_pairs(corpus, words):
    """How often which token follows which; what one file repeats is damped."""
    names, pairs = TokenNames(words), collections.defaultdict(float)
    for weight, text in texts(corpus):
        tokens = [names[found] for found in TOKEN.findall(text)]
        for pair, count in collections.Counter(zip(tokens, tokens[1:])).items():
            pairs[pair] += weight * min(count, 10 + count ** 0.75)
    return pairs


def collect_neighbours(corpus, words):
    """For each word a list of (neighbour, weight): even numbers are tokens that stand before it,
    odd ones those that follow it."""
    pairs, numbers = count_pairs(corpus, words), {}
    neighbours = {word: [] for word in words}
    for (first, second), weight in sorted(pairs.items()):
        if weight < PAIR_MIN:
            continue
        if second in neighbours:
            number = 2 * numbers.setdefault(first, len(numbers))
            neighbours[second].append((number, weight))
        if first in neighbours:
            number = 2 * numbers.setdefault(second, len(numbers)) + 1
            neighbours[first].append((number, weight * NEXT_WEIGHT))
    return neighbours


def sum_neighbours(words, neighbours):
    """The weight of each neighbour over all the words."""
    sums = collections.defaultdict(float)
    for word in words:
        for number, weight in neighbours[word]:
            sums[number] += weight
    return sums


def side_totals(sums):
    """The weight before the words and that after them; never 0."""
    totals = [1e-9, 1e-9]
    for number, weight in sums.items():
        totals[number & 1] += weight
    return totals


def log_likelihood(halves):
    """Of all neighbours, if each half of the words has its own distribution of them."""
    return sum(sum(x * math.log(x) for x in sums.values() if x > 1e-6) -
               sum(x * math.log(x) for x in side_totals(sums)) for sums in halves)


def score_words(words, size, neighbours, sums, halves):
    """For each word how much likelier its neighbours are in the first half, which is the first
    `size` words, than in the second.  The word itself is left out of the half that it is in:
    otherwise rare neighbours would hold it there."""
    totals, in_half = side_totals(sums), [side_totals(half) for half in halves]
    likely = []
    for half, own in zip(halves, in_half):
        share = [SMOOTHING * own[side] / totals[side] for side in (0, 1)]
        likely.append({n: (half.get(n, 0.0) + share[n & 1] * (x + 1)) / own[n & 1]
                       for n, x in sums.items()})
    scores, log = {}, math.log
    for position, word in enumerate(words):
        side = 0 if position < size else 1
        own, other, own_total, score = likely[side], likely[1 - side], in_half[side], 0.0
        for number, weight in neighbours[word]:
            without = own[number] - weight / own_total[number & 1]
            score += weight * log(max(without, 1e-15) / other[number])
        scores[word] = -score if side else score
    return scores


def improve_cut(words, size, neighbours, sums):
    """Reassigns words until the likelihood no longer rises; returns it and the best order."""
    best = -math.inf, words
    for _ in range(ROUNDS):
        first = sum_neighbours(words[:size], neighbours)
        second = {n: x - first.get(n, 0.0) for n, x in sums.items()}
        likelihood = log_likelihood((first, second))
        if likelihood <= best[0] + 1e-9 * abs(best[0]):
            break
        best = likelihood, words
        scores = score_words(words, size, neighbours, sums, (first, second))
        words = sorted(words, key=lambda w: (-scores[w], w))
    return best


def cut(words, size, neighbours):
    """The words in an order whose first `size` are one half of the best cut found.  A start is
    the share of one of the commonest neighbours in what stands on its side of the word."""
    sums = sum_neighbours(words, neighbours)
    starts = sorted(sums, key=lambda n: (-sums[n], n))[:STARTS]
    best = -math.inf, words
    for start in starts:
        share = {}
        for word in words:
            on_side = sum(w for n, w in neighbours[word] if n & 1 == start & 1)
            share[word] = sum(w for n, w in neighbours[word] if n == start) / (1 + on_side)
        for sign in (1, -1) if 2 * size != len(words) else (1,):
            order = sorted(words, key=lambda w: (-sign * share[w], w))
            best = max(best, improve_cut(order, size, neighbours, sums), key=lambda found: found[0])
    return best[1]


def arrange(words, span, neighbours):
    """Cuts the words, of which there are at most `span`, a power of two, until they are single:
    the halves of a cut are those of the span, as its bits see it."""
    half = span // 2
    if len(words) <= 1:
        return words
    if len(words) <= half:
        return arrange(words, half, neighbours)
    words = cut(words, half, neighbours)
    return arrange(words[:half], half, neighbours) + arrange(words[half:], half, neighbours)


def print_table(words):
    print("/* Made by tools/make_words.py. Do not edit: this list is part of the format. */")
    print('#include "codec/bytes/text.h"\n')
    print(f"const uint32_t pith_text_n_words = {len(words)};\n")
    print("const uint32_t pith_text_block_start[] = {")
    starts, at = [], 0
    for number, word in enumerate(words):
        if number % SECOND == 0:
            starts.append(at)
        at += len(word) + 1
    for i in range(0, len(starts), 12):
        print("    " + ", ".join(map(str, starts[i:i + 12])) + ",")
    print("};\n\nconst char pith_text_word_list[] =")
    line = ""
    for word in words:
        if len(line) + len(word) + 1 > 92:
            print(f'    "{line}"')
            line = ""
        line += word.decode() + " "
    print(f'    "{line}";')
    print(len(words), "words,", at, "bytes", file=sys.stderr)


def main():
    corpus, scowl = sys.argv[1:]
    counts, files = count_words(corpus)
    short, middle, long = choose_common(counts, files)
    common = short + middle + long
    neighbours = collect_neighbours(corpus, common)
    rare = choose_rare(counts, files, read_scowl(scowl), set(common))
    print_table(arrange(short, SHORT, neighbours) + arrange(middle, 64 * SECOND, neighbours) +
                arrange(long, LAST, neighbours) + arrange_rare(rare, len(long)))


if __name__ == "__main__":
    main()
