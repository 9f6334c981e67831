/* Built-in priors: what every copy of pith has learnt beforehand of common kinds of data.
 *
 * One store of contexts for each family of data, and for each level what else engines begin with, which is
 * the same for all stores.  Both are written like prior files, with the other part left empty; a file of
 * them all is linked into the library (builtin_data.c) and made by tools/make_builtin.c.
 * docs/prior-format.md. */
#ifndef PITH_PRIOR_BUILTIN_FILE_H
#define PITH_PRIOR_BUILTIN_FILE_H

#include "prior/prior.h"

#define PITH_MAGIC_BUILTIN       0x697562c1u /* C1 'b' 'u' 'i' */
#define PITH_BUILTIN_STORES_MAX  32
#define PITH_BUILTIN_MARKS       4096 /* for each store: how usual three bytes are, by their hash */
#define PITH_BUILTIN_GUESSED_LEN ((size_t)4096)
#define PITH_BUILTIN_GUESSES     2 /* are tried */

struct pith_builtin_section {
    const uint8_t *data;
    size_t len;
};

struct pith_builtin {
    uint32_t n_stores;
    const int8_t *marks[PITH_BUILTIN_STORES_MAX];
    struct pith_builtin_section stores[PITH_BUILTIN_STORES_MAX];
    struct pith_builtin_section learnt[PITH_LEVEL_MAX + 1]; /* NULL: a level without */
};

/* Finds the parts of a file; what is in them is checked when they are opened. */
pith_status pith_builtin_read(struct pith_builtin *builtin, const uint8_t *data, size_t len,
                              pith_error *error);

/* Writes a file of sections, each store's marks before it.  Returns its bytes; to may be NULL. */
size_t pith_builtin_write(uint8_t *to, const struct pith_builtin *builtin);

/* Which mark three bytes have. */
static inline uint32_t pith_builtin_mark(const uint8_t *bytes)
{
    uint32_t three = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;

    return (three * 0x9e3779b1u) >> 20;
}

/* The numbers, 1 first, of the stores that data most look like, the likeliest first; returns how many. */
uint32_t pith_builtin_guess(const struct pith_builtin *builtin, const uint8_t *data, size_t len,
                            uint32_t numbers[PITH_BUILTIN_GUESSES]);

#endif
