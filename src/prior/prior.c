/* See prior.h and pith.h. */
#include "prior/prior.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "base/bytes.h"
#include "base/check.h"
#include "num/fpmode.h"

static pith_status section_fail(pith_error *error, const char *what, uint64_t position)
{
    return pith_fail(error, PITH_E_CORRUPT, position,
                     "prior: its %s, from byte %" PRIu64 " on, are not as a trainer writes them",
                     what, position);
}

/* Whether a section has been used up exactly. */
static int is_used_up(const struct pith_coder *coder)
{
    return coder->pos == coder->cap && coder->overrun <= PITH_CODER_OVERRUN_MAX &&
           pith_coder_ends_well(coder);
}

pith_status pith_prior_read_learnt(struct pith_engine *engine, struct pith_message_head *message,
                                   const struct pith_prior_head *head, const uint8_t *data,
                                   pith_error *error)
{
    struct pith_coder coder;

    pith_engine_begin(engine, NULL, 0);
    pith_coder_begin_decode(&coder, data + head->len, (size_t)head->learnt_len, NULL, NULL);
    pith_message_head_init(message);
    pith_learnt_code(engine, message, (struct pith_learnt_choice){head->parts, 0}, &coder);
    return is_used_up(&coder) ? PITH_OK : section_fail(error, "weights", head->len);
}

pith_status pith_prior_read_store(struct pith_store *store, const struct pith_prior_head *head,
                                  const uint8_t *data, pith_error *error)
{
    uint64_t at = head->len + head->learnt_len;
    struct pith_coder coder;

    pith_coder_begin_decode(&coder, data + at, (size_t)head->store_len, NULL, NULL);
    if (!pith_store_code(store, head->counts, &coder) || !is_used_up(&coder))
        return section_fail(error, "contexts", at);
    return PITH_OK;
}

pith_status pith_prior_check_tail(const uint8_t *data, size_t len, pith_error *error)
{
    uint64_t tail = pith_load_le64(data + len - PITH_PRIOR_TAIL_LEN);
    uint64_t check = XXH3_64bits(data, len - PITH_PRIOR_TAIL_LEN);

    if (!pith_check_matches(check, tail))
        return pith_fail(error, PITH_E_CORRUPT, len - PITH_PRIOR_TAIL_LEN,
                         "prior: damaged: its check is %016" PRIx64 ", its bytes give %016" PRIx64,
                         tail, check);
    return PITH_OK;
}

pith_status pith_prior_read(struct pith_prior *prior, const uint8_t *data, size_t len,
                            pith_error *error)
{
    struct pith_prior_head head;
    struct pith_arena arena = {NULL, 0};
    uint64_t mode;
    void *block;
    pith_status status;

    TRY(pith_prior_head_read(&head, data, len, error));
    TRY(pith_prior_check_tail(data, len, error));
    TRY(pith_memory_take(&prior->memory, &block, head.info.memory, "a prior", 0, error));
    arena.base = block;
    mode = pith_fpmode_pin();
    pith_prior_layout(&prior->start, &arena, &head);
    prior->block = block;
    prior->info = head.info;
    memcpy(prior->codec.id, head.info.id, sizeof prior->codec.id);
    prior->codec.level = head.info.level;
    prior->codec.start = &prior->start;
    prior->codec.head = &prior->head;
    status = pith_prior_read_learnt(&prior->start.engine, &prior->head, &head, data, error);
    if (status == PITH_OK)
        status = pith_prior_read_store(&prior->start.store, &head, data, error);
    pith_fpmode_restore(mode);
    return status;
}
