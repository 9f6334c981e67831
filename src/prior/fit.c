/* See fit.h. */
#include "prior/fit.h"

#define ATTEMPTS   8   /* to fill the room with contexts */
#define FIRST_RATE 450 /* of mixers whose rate falls, in 1/65536: 3 times the last one */

/* The bytes of the store, or PITH_FIT_NONE if they are more than cap. */
static size_t write_store(const struct pith_selection *selection, uint8_t *to, size_t cap)
{
    struct pith_store store = selection->store;
    struct pith_coder coder;

    pith_coder_begin_encode(&coder, to, cap);
    (void)pith_store_code(&store, selection->counts, &coder);
    pith_coder_finish_encode(&coder);
    return coder.is_full ? PITH_FIT_NONE : coder.pos;
}

static pith_status choose(struct pith_selection *selection, const struct pith_fit *fit,
                          int64_t bits, pith_error *error)
{
    struct pith_thresholds thresholds;

    pith_worth_choose(&thresholds, fit->worth, bits);
    pith_memory_give(fit->memory, selection->memory);
    selection->memory = NULL;
    return pith_select(selection, fit->collector, &thresholds, fit->memory, error);
}

/* What contexts cost is known roughly, so this takes a few attempts; in the end an empty store fits. */
pith_status pith_fit_contexts(struct pith_selection *selection, const struct pith_fit *fit,
                              uint8_t *to, size_t cap, size_t *len, pith_error *error)
{
    int64_t bits = 8 * (int64_t)cap, all = pith_worth_cost(fit->worth), low = 0, high = all;

    for (int i = 0; i < ATTEMPTS; i++) {
        bits = bits < high ? bits : high;
        TRY(choose(selection, fit, bits, error));
        *len = write_store(selection, to, cap);
        if (*len == PITH_FIT_NONE) {
            high = bits;
            bits = low + (high - low) * (low ? 8 : 14) / 16;
        } else if (*len >= cap - cap / 32 || bits == all) {
            return PITH_OK;
        } else {
            low = bits;
            bits = (int64_t)((uint64_t)bits * cap / (*len + 1));
            bits = bits < high ? bits : low + (high - low) / 2;
        }
    }
    TRY(choose(selection, fit, low, error));
    *len = write_store(selection, to, cap);
    return PITH_OK;
}

/* Small data have no time to learn slowly. */
static void quicken(struct pith_engine *learner)
{
    for (uint32_t kind = 0; kind < PITH_KINDS; kind++)
        learner->mixers[kind].rate_q16 = FIRST_RATE;
}

size_t pith_fit_write_learnt(struct pith_engine *learner, struct pith_message_head *head,
                             struct pith_learnt_choice choice, uint8_t *to, size_t cap)
{
    struct pith_coder coder;

    quicken(learner);
    pith_coder_begin_encode(&coder, to, cap);
    pith_learnt_code(learner, head, choice, &coder);
    pith_coder_finish_encode(&coder);
    return coder.is_full ? PITH_FIT_NONE : coder.pos;
}

size_t pith_fit_learnt(struct pith_engine *learner, struct pith_message_head *head, uint8_t *to,
                       size_t least_cap, size_t cap, uint32_t *parts)
{
    static const struct pith_learnt_choice choices[] = {
        {PITH_LEARNT_ALL, 8},    {PITH_LEARNT_ALL, 32},
        {PITH_LEARNT_ALL, 64},   {PITH_LEARNT_ALL, 128},
        {PITH_LEARNT_ALL, 256},  {PITH_LEARNT_VECTORS | PITH_LEARNT_DIRECT, 256},
        {PITH_LEARNT_DIRECT, 0}, {0, 0}};
    size_t len = PITH_FIT_NONE;

    for (size_t i = 0; i < sizeof choices / sizeof choices[0] && len == PITH_FIT_NONE; i++) {
        *parts = choices[i].parts;
        len = pith_fit_write_learnt(learner, head, choices[i], to, *parts ? least_cap : cap);
    }
    return len;
}
