/* Reading: how samples go through an engine that learns from them. */
#ifndef PITH_PRIOR_READING_H
#define PITH_PRIOR_READING_H

#include "codec/bytes/compact.h"
#include "codec/bytes/stream.h"
#include "engine/engine.h"

struct pith_reading {
    struct pith_stream stream;
    uint8_t *scratch; /* what is coded goes here and is not looked at */
    size_t scratch_len;
};

/* Lays memory out for samples of piece_len bytes. */
void pith_reading_layout(struct pith_reading *reading, struct pith_arena *arena, size_t piece_len);

/* Before the first sample. */
void pith_reading_init(struct pith_reading *reading);

/* Makes the model stream of a sample. */
void pith_reading_begin(struct pith_reading *reading, const uint8_t *data, size_t len);

/* Has an engine that was made ready read the stream.  Returns the bytes that a payload would have. */
size_t pith_reading_code(struct pith_reading *reading, struct pith_engine *engine);

/* Has head learn how messages begin: only those of one segment do. */
void pith_reading_head(struct pith_reading *reading, struct pith_message_head *head);

#endif
