#!/usr/bin/env python3
"""Writes src/num/logistic_table.c: the logistic function and its inverse in fixed point.

squash[i] = 65536 / (1 + exp(-(i - 3072) / 256)), rounded, kept within 1..65535.
stretch[i] = 256 * ln(p / (1 - p)) with p = (i + 0.5) / 4096, rounded.
The tables are part of the format: tests/num/test_logistic.c holds their XXH3.
"""
import math

def table(name, ctype, values):
    lines = [f"const {ctype} {name}[{len(values)}] = {{"]
    for at in range(0, len(values), 12):
        lines.append("    " + ", ".join(str(v) for v in values[at:at + 12]) + ",")
    return "\n".join(lines) + "\n};\n"

squash = [min(65535, max(1, round(65536 / (1 + math.exp(-(i - 3072) / 256))))) for i in range(6144)]
stretch = [round(256 * math.log((i + 0.5) / (4095.5 - i))) for i in range(4096)]
reciprocal = [round(65536 / (n + 1.5)) for n in range(1024)]
print("/* Made by tools/make_logistic.py. Do not edit: these values are part of the format. */")
print('#include "num/logistic.h"\n')
print(table("pith_squash_table", "uint16_t", squash))
print(table("pith_stretch_table", "int16_t", stretch))
print(table("pith_reciprocal_table", "uint16_t", reciprocal), end="")
