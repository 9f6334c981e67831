/* What --explain has found out about an input: sums that its table, its page and its JSON share. */
#ifndef PITH_CLI_FINDINGS_H
#define PITH_CLI_FINDINGS_H

#include "whole.h"

enum { N_CLASSES = 10, N_KINDS = 6, N_ALONG = 64 };

/* A row of a table: bytes of one sort and what they cost, in 1/256 bits. */
struct finding {
    const char *name;
    uint64_t parts; /* spans, for kinds */
    uint64_t bytes, cost;
};

struct findings {
    const char *label;
    const unsigned char *data;
    size_t len;
    pith_explanation sum;
    struct finding classes[N_CLASSES];
    struct finding kinds[N_KINDS]; /* the first n_kinds, as they came up */
    unsigned n_kinds;
    struct finding along[N_ALONG]; /* equal parts of the input, one after the other; no names */
    unsigned n_along;              /* fewer for inputs that are shorter */
    unsigned order[PITH_COMPONENTS_MAX]; /* components that push, the strongest first */
    unsigned n_order;
    double pushed;   /* by all of them */
    uint16_t *costs; /* of the first map_len bytes, in 1/256 bits */
    size_t map_len;
    size_t map_text_len;  /* of those, bytes in text and markup */
    size_t character_end; /* of the latest UTF-8 character, an offset in data */
};

/* Goes through the whole input; findings_free() is due only if this is CODE_DONE. */
enum code findings_make(struct findings *findings, const struct settings *settings,
                        const struct whole *whole, size_t map_len);
void findings_free(struct findings *findings);

/* Bits of the archive that are no byte's: headers, tables, the index.  In 1/256 bits. */
uint64_t findings_overhead(const struct findings *findings);

static inline double findings_bits(uint64_t cost)
{
    return (double)cost / 256;
}

/* 0 for no bytes. */
static inline double findings_rate(uint64_t cost, uint64_t bytes)
{
    return bytes == 0 ? 0 : findings_bits(cost) / (double)bytes;
}

/* Costs by the byte in steps that double, from below 1/8 bit to 8 bits and more. */
enum { N_HEATS = 8 };
unsigned findings_heat(uint64_t cost, uint64_t bytes);
extern const char *const findings_heat_names[N_HEATS];

/* A character of the map at data[at]: its length and cost; *text is what may be shown for it, at most
 * 4 bytes and a zero. */
size_t findings_character(const struct findings *findings, size_t at, uint64_t *cost, char text[5]);

#endif
