/* See coder.h. */
#include "coder/coder.h"

#include "base/check.h"

#include <string.h>

void pith_coder_begin_encode(struct pith_coder *coder, uint8_t *payload, size_t cap)
{
    memset(coder, 0, sizeof *coder);
    coder->range = UINT32_MAX;
    coder->out = payload;
    coder->cap = cap;
    coder->is_first = 1;
}

void pith_coder_begin_decode(struct pith_coder *coder, const uint8_t *payload, size_t len,
                             size_t (*wait_more)(void *opaque, size_t have), void *wait_opaque)
{
    memset(coder, 0, sizeof *coder);
    coder->range = UINT32_MAX;
    coder->in = payload;
    coder->cap = len;
    coder->wait_more = wait_more;
    coder->wait_opaque = wait_opaque;
    for (int i = 0; i < 4; i++)
        pith_coder_get_byte(coder);
    coder->is_beyond = coder->code == UINT32_MAX;
}

static void emit(struct pith_coder *coder, uint8_t byte)
{
    if (coder->pos < coder->cap)
        coder->out[coder->pos++] = byte;
    else
        coder->is_full = 1;
}

/* Moves the top byte of `low` out.  A byte is certain once a later one other than 0xff has been
 * seen, since only then can no carry pass through it. */
void pith_coder_put_byte(struct pith_coder *coder)
{
    uint8_t top = (uint8_t)(coder->low >> 24);
    uint8_t carry = (uint8_t)(coder->low >> 32);

    coder->settled++;
    if (top == 0xff && !carry) {
        coder->held++;
    } else {
        if (!coder->is_first)
            emit(coder, (uint8_t)(coder->last + carry));
        for (; coder->held > 0; coder->held--)
            emit(coder, (uint8_t)(0xff + carry));
        coder->last = top;
        coder->is_first = 0;
    }
    coder->low = (coder->low & 0xffffff) << 8;
}

void pith_coder_get_byte(struct pith_coder *coder)
{
    uint8_t byte = 0;

    if (coder->pos == coder->cap && coder->wait_more)
        coder->cap = coder->wait_more(coder->wait_opaque, coder->cap);
    if (coder->pos < coder->cap)
        byte = coder->in[coder->pos++];
    else
        coder->overrun++;
    coder->code = coder->code << 8 | byte;
    coder->window = coder->window << 8 | byte;
}

/* Any value in [low, low + range) decodes alike: the end is the one with the most zero bits at its
 * end.  Returns its distance from low; all modulo 2^32. */
static uint32_t end_offset(uint32_t low, uint32_t range)
{
    uint32_t mask = UINT32_MAX;

    while (((0u - low) & mask) >= range)
        mask >>= 1;
    return (0u - low) & mask;
}

/* Zero bytes at the end are dropped, but none of the first `settled`: the decoder reads settled + 4
 * bytes. */
void pith_coder_finish_encode(struct pith_coder *coder)
{
    size_t least = coder->settled;

    coder->low += end_offset((uint32_t)coder->low, coder->range);
    for (int i = 0; i < 5; i++)
        pith_coder_put_byte(coder);
    while (coder->pos > least && !coder->is_full && coder->out[coder->pos - 1] == 0)
        coder->pos--;
}

int pith_coder_ends_well(const struct pith_coder *coder)
{
    uint32_t low = coder->window - coder->code;

    return !coder->is_beyond && pith_check_matches(coder->code, end_offset(low, coder->range));
}

pith_status pith_coder_check_end(struct pith_coder *coder, pith_error *error)
{
    if (coder->overrun > PITH_CODER_OVERRUN_MAX)
        return pith_fail(error, PITH_E_CORRUPT, coder->pos, "the coded data ends too early");
    if (coder->pos == coder->cap && coder->wait_more)
        coder->cap = coder->wait_more(coder->wait_opaque, coder->cap);
    if (coder->pos != coder->cap)
        return pith_fail(error, PITH_E_CORRUPT, coder->pos,
                         "the coded data goes on after the chunk's end");
    if (!pith_coder_ends_well(coder))
        return pith_fail(error, PITH_E_CORRUPT, coder->pos,
                         "the coded data does not end as an encoder ends it");
    return PITH_OK;
}
