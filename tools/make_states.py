#!/usr/bin/env python3
"""Writes src/model/state_table.c: the bit-history states of src/model/state.h.

A state stands for what was seen in one context: (n0, n1, last bit), with the whole sequence kept
while it is short.  Histories of up to EXACT bits are states of their own; longer ones are counts.
On a bit, its count grows by one and an opposite count above 2 shrinks, since old evidence for the
other outcome is worth less (M. Mahoney, "Adaptive Weighing of Context Models", 2005, section 4).
The allowed counts form a hyperbola: many of one kind only with few of the other.
"""
EXACT = 4
BOUND = {0: 44, 1: 26, 2: 15, 3: 10, 4: 7, 5: 6, 6: 6}

def allowed(n0, n1):
    small, large = min(n0, n1), max(n0, n1)
    return small in BOUND and large <= BOUND[small]

def discount(n):
    if n <= 2:
        return n
    return {3: 2, 4: 3, 5: 3, 6: 4, 7: 4}.get(n, 5 if n < 12 else 6 if n < 24 else 7)

def step(state, bit):
    kind, value = state
    if kind == "seq":
        seq = value + (bit,)
        if len(seq) <= EXACT:
            return ("seq", seq)
        n = [seq.count(0), seq.count(1)]
        n[1 - bit] = discount(n[1 - bit])
        return fit(n, bit)
    n = [value[0], value[1]]
    n[bit] += 1
    n[1 - bit] = discount(n[1 - bit])
    return fit(n, bit)

def fit(n, bit):
    while not allowed(*n):
        if n[0] > n[1]:
            n[0] -= 1
        elif n[1] > n[0]:
            n[1] -= 1
        else:
            n[1 - bit] -= 1
    return ("cnt", (n[0], n[1], bit))

states, index, at = [("seq", ())], {("seq", ()): 0}, 0
nexts = []
while at < len(states):
    row = []
    for bit in (0, 1):
        after = step(states[at], bit)
        if after not in index:
            index[after] = len(states)
            states.append(after)
        row.append(index[after])
    nexts.append(row)
    at += 1
assert len(states) <= 256, len(states)

def counts(state):
    kind, value = state
    return (value.count(0), value.count(1)) if kind == "seq" else value[:2]

def rows(values, per=16):
    return "\n".join("    " + ", ".join(str(v) for v in values[i:i + per]) + ","
                     for i in range(0, len(values), per))

pad = 256 - len(states)
print("/* Made by tools/make_states.py. Do not edit: these values are part of the format. */")
print('#include "model/state.h"\n')
print("const uint8_t pith_state_next[256][2] = {")
print(rows(["{%d, %d}" % tuple(r) for r in nexts] + ["{0, 0}"] * pad, 8) + "\n};\n")
start, weight = [], []
for s in states:
    n0, n1 = counts(s)
    start.append(min(65535, round(65536 * (n1 + 0.4) / (n0 + n1 + 0.8))))
    weight.append(min(255, n0 + n1))
print("const uint16_t pith_state_start_p1[256] = {\n" + rows(start + [32768] * pad, 12) + "\n};\n")
print("const uint8_t pith_state_seen[256] = {\n" + rows(weight + [0] * pad) + "\n};")

# A prior keeps coarser states: for each pair of count classes the state nearest to their mean.
CLASSES = [1, 2, 4, 8, 20]

def class_of(n):
    return sum(n >= least for least in CLASSES)

groups, rounded = {}, [0] * 256
for i, s in enumerate(states[1:], 1):
    groups.setdefault(tuple(class_of(n) for n in counts(s)), []).append(i)
for members in groups.values():
    p1 = {i: (counts(states[i])[1] + 0.4) / (sum(counts(states[i])) + 0.8) for i in members}
    mean = sum(p1.values()) / len(members)
    seen = sum(sum(counts(states[i])) for i in members) / len(members)
    nearest = min(members, key=lambda i: (4 * abs(p1[i] - mean) +
                                          abs(sum(counts(states[i])) - seen) / seen, i))
    for i in members:
        rounded[i] = nearest
print("\nconst uint8_t pith_state_rounded[256] = {\n" + rows(rounded) + "\n};")

import sys
print(len(states), "states,", len(groups), "when rounded", file=sys.stderr)
