#!/usr/bin/env python3
"""Pictures of docs/scans.md.

  draw_points.py scan RECORDS STRIDE OUT.png      a scan from above, 1 pixel = 0.1 m, the brighter the higher
  draw_points.py bits OUT.svg NAME=LISTING.json... what takes how many bits a point, of `pith -lv --json`
"""
import json
import struct
import sys
import zlib

SIZE, SCALE = 640, 10
COLOURS = {"turns": "#4878a8", "ranges": "#e0a030", "places": "#a04848", "x": "#4878a8", "y": "#6898c8",
           "z": "#88b8e8", "i": "#58a058", "t": "#906090", "other": "#a0a0a0"}


def write_png(path, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    raw = b"".join(b"\0" + bytes(row) for row in rows)
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 0, 0, 0, 0)) +
                  chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def draw_scan(records, stride, path):
    data = open(records, "rb").read()
    rows = [bytearray(SIZE) for _ in range(SIZE)]
    for at in range(0, len(data) - stride + 1, stride):
        x, y, z = struct.unpack_from("<3f", data, at)
        column, row = int(SIZE / 2 - y * SCALE), int(SIZE / 2 - x * SCALE)
        if 0 <= column < SIZE and 0 <= row < SIZE:
            rows[row][column] = max(rows[row][column], min(255, max(70, int(130 + 40 * z))))
    write_png(path, rows)


def parts_of(listing):
    points = json.load(open(listing))["files"][0]["points"]
    parts, other = [], 0
    for name in ("turns", "ranges", "places") if points["scan"] else ():
        parts.append((name, points["scan"][name]))
    for field in points["fields"]:
        if field["bits"] and field["field"] in "xyzit":
            parts.append((field["field"], field["bits"]))
        else:
            other += field["bits"] or 0
    return parts + ([("other", other)] if other > 0.05 else [])


def draw_bits(path, bars):
    step, left, unit = 34, 150, 15
    lines = []
    for row, (name, parts) in enumerate(bars):
        x, y = left, 14 + row * step
        lines.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{name}</text>')
        for part, bits in parts:
            lines.append(f'<rect x="{x:.1f}" y="{y}" width="{bits * unit:.1f}" height="22" fill="{COLOURS[part]}"/>')
            if bits > 1.6:
                lines.append(f'<text x="{x + bits * unit / 2:.1f}" y="{y + 15}" text-anchor="middle" '
                             f'fill="white">{part}</text>')
            x += bits * unit
        lines.append(f'<text x="{x + 6:.1f}" y="{y + 15}">{sum(bits for _, bits in parts):.1f}</text>')
    width = left + 60 + int(unit * max(sum(bits for _, bits in parts) for _, parts in bars))
    with open(path, "w") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{20 + step * len(bars)}" '
                  'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>\n' +
                  "\n".join(lines) + "\n</svg>\n")


if sys.argv[1] == "scan":
    draw_scan(sys.argv[2], int(sys.argv[3]), sys.argv[4])
else:
    draw_bits(sys.argv[2], [(name, parts_of(path)) for name, path in (a.split("=", 1) for a in sys.argv[3:])])
