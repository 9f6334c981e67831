/* See builtin_file.h.
 *
 * File: magic, version (1 byte), number of levels and of stores (1 byte each); for each level its number
 * (1 byte) and length (4 bytes), for each store its length; then the levels, then the stores. */
#include "prior/builtin_file.h"

#include <string.h>

#include "base/bytes.h"
#include "base/cursor.h"

#define BUILTIN_VERSION 0
#define CLEAR_LEAD      4 /* a byte: half a bit, in the units of marks */

static pith_status take_section(struct pith_builtin_section *section, struct pith_reader *reader,
                                uint64_t len, pith_error *error)
{
    if (len > reader->len - reader->at)
        return pith_fail(error, PITH_E_TRUNCATED, reader->at,
                         "the built-in priors end within a section");
    section->data = reader->data + reader->at;
    section->len = (size_t)len;
    reader->at += (size_t)len;
    return PITH_OK;
}

pith_status pith_builtin_read(struct pith_builtin *builtin, const uint8_t *data, size_t len,
                              pith_error *error)
{
    struct pith_reader reader = {data, len, 0};
    uint64_t magic, version, n_levels, n_stores, levels[PITH_LEVEL_MAX],
        lens[PITH_LEVEL_MAX + PITH_BUILTIN_STORES_MAX];

    memset(builtin, 0, sizeof *builtin);
    TRY(pith_reader_fixed(&reader, &magic, 4));
    TRY(pith_reader_fixed(&reader, &version, 1));
    TRY(pith_reader_fixed(&reader, &n_levels, 1));
    TRY(pith_reader_fixed(&reader, &n_stores, 1));
    if (magic != PITH_MAGIC_BUILTIN || version != BUILTIN_VERSION || n_levels > PITH_LEVEL_MAX ||
        n_stores > PITH_BUILTIN_STORES_MAX)
        return pith_fail(error, PITH_E_FORMAT, 0, "these are no built-in priors");
    for (uint64_t i = 0; i < n_levels; i++) {
        TRY(pith_reader_fixed(&reader, &levels[i], 1));
        TRY(pith_reader_fixed(&reader, &lens[i], 4));
        if (levels[i] < PITH_LEVEL_MIN || levels[i] > PITH_LEVEL_MAX)
            return pith_fail(error, PITH_E_FORMAT, reader.at, "the built-in priors have no level");
    }
    for (uint64_t i = 0; i < n_stores; i++)
        TRY(pith_reader_fixed(&reader, &lens[n_levels + i], 4));
    for (uint64_t i = 0; i < n_levels; i++)
        TRY(take_section(&builtin->learnt[levels[i]], &reader, lens[i], error));
    for (uint64_t i = 0; i < n_stores; i++) {
        struct pith_builtin_section marks = {NULL, 0};

        TRY(take_section(&marks, &reader, PITH_BUILTIN_MARKS, error));
        builtin->marks[i] = (const int8_t *)marks.data;
        TRY(take_section(&builtin->stores[i], &reader, lens[n_levels + i], error));
    }
    builtin->n_stores = (uint32_t)n_stores;
    return PITH_OK;
}

static size_t put(uint8_t *to, size_t at, const void *data, size_t len)
{
    if (to && len > 0)
        memcpy(to + at, data, len);
    return at + len;
}

static size_t put_number(uint8_t *to, size_t at, uint64_t value, size_t len)
{
    uint8_t bytes[8];

    pith_store_le64(bytes, value);
    return put(to, at, bytes, len);
}

size_t pith_builtin_write(uint8_t *to, const struct pith_builtin *builtin)
{
    uint32_t n_levels = 0;
    size_t at = 0;

    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
        n_levels += builtin->learnt[level].data != NULL;
    at = put_number(to, at, PITH_MAGIC_BUILTIN, 4);
    at = put_number(to, at, BUILTIN_VERSION, 1);
    at = put_number(to, at, n_levels, 1);
    at = put_number(to, at, builtin->n_stores, 1);
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        if (!builtin->learnt[level].data)
            continue;
        at = put_number(to, at, (uint64_t)level, 1);
        at = put_number(to, at, builtin->learnt[level].len, 4);
    }
    for (uint32_t i = 0; i < builtin->n_stores; i++)
        at = put_number(to, at, builtin->stores[i].len, 4);
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++)
        at = put(to, at, builtin->learnt[level].data, builtin->learnt[level].len);
    for (uint32_t i = 0; i < builtin->n_stores; i++) {
        at = put(to, at, builtin->marks[i], PITH_BUILTIN_MARKS);
        at = put(to, at, builtin->stores[i].data, builtin->stores[i].len);
    }
    return at;
}

static int32_t sum_of_marks(const int8_t *marks, const uint8_t *data, size_t len)
{
    int32_t sum = 0;

    for (size_t at = 0; at + 3 <= len; at++)
        sum += marks[pith_builtin_mark(data + at)];
    return sum;
}

uint32_t pith_builtin_guess(const struct pith_builtin *builtin, const uint8_t *data, size_t len,
                            uint32_t numbers[PITH_BUILTIN_GUESSES])
{
    int32_t sums[PITH_BUILTIN_GUESSES];
    uint32_t n = 0;

    if (len > PITH_BUILTIN_GUESSED_LEN)
        len = PITH_BUILTIN_GUESSED_LEN;
    for (uint32_t i = 0; len >= 3 && i < builtin->n_stores; i++) {
        int32_t sum = sum_of_marks(builtin->marks[i], data, len);
        uint32_t place = n < PITH_BUILTIN_GUESSES ? n++ : PITH_BUILTIN_GUESSES;

        for (; place > 0 && sum > sums[place - 1]; place--)
            if (place < PITH_BUILTIN_GUESSES) {
                sums[place] = sums[place - 1];
                numbers[place] = numbers[place - 1];
            }
        if (place < PITH_BUILTIN_GUESSES) {
            sums[place] = sum;
            numbers[place] = i + 1;
        }
    }
    while (n > 1 && sums[0] - sums[n - 1] > (int32_t)len * CLEAR_LEAD)
        n--;
    return n;
}
