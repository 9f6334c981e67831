/* Compact frames: messages of one file each, packed with -D and --compact. */
#ifndef PITH_CLI_COMPACT_FRAME_H
#define PITH_CLI_COMPACT_FRAME_H

#include "output.h"
#include "source.h"
#include "transfer.h"

enum { COMPACT_LEN_MAX = 1 << 16 };

/* Whether what begins so is a compact frame. */
bool compact_is_frame(const unsigned char *data, size_t len);

/* Packs the source, and unless --no-verify unpacks it again to compare. */
enum code compact_pack(struct totals *totals, const struct settings *settings,
                       const struct source *source, struct output *output);

/* Unpacks the whole frame; output NULL: only checks it. */
enum code compact_unpack(struct totals *totals, const struct settings *settings,
                         const struct source *source, struct output *output,
                         const unsigned char *data, size_t len);

#endif
