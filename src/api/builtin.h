/* The built-in priors, opened when they are first needed and kept until the program ends.  Any thread. */
#ifndef PITH_API_BUILTIN_H
#define PITH_API_BUILTIN_H

#include "base/status.h"
#include "prior/builtin_file.h"

/* Levels that have them. */
#define PITH_BUILTIN_LEVEL_MIN 5

/* Longer chunks begin without: they have time to learn. */
#define PITH_BUILTIN_CHUNK_MAX ((uint64_t)4 << 20)

/* The numbers of the priors that data most look like, the likeliest first.  Returns how many. */
uint32_t pith_builtin_numbers(int level, const uint8_t *data, size_t len,
                              uint32_t numbers[PITH_BUILTIN_GUESSES]);

/* The prior of a number and level.  PITH_E_UNSUPPORTED: this version has none such; PITH_E_MEMORY.  Both
 * with this position. */
pith_status pith_builtin_find(const struct pith_codec_prior **prior, uint32_t number, int level,
                              uint64_t position, pith_error *error);

/* What decoding a chunk of at most raw_len bytes needs at most: with a prior, or NULL and a built-in one
 * where there may be one. */
uint64_t pith_builtin_chunk_need(int level, uint64_t raw_len, const struct pith_codec_prior *prior,
                                 int uses_builtin);

/* Stands for any of them where only needs are counted. */
const struct pith_codec_prior *pith_builtin_any(void);

#endif
