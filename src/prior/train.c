/* See train.h.
 *
 * The samples are put in an order of their own and every eighth is kept aside.  Then three passes:
 *   1. An engine reads the others, each as if it stood alone but with what all contexts have seen in those
 *      before (collector.h).  What it learns is how far to trust such contexts.
 *   2. The contexts that are worth their bytes are chosen.  What that gives is measured on samples kept
 *      aside, and the engine reads those with the chosen contexts only, so that its weights suit them.
 *   3. The samples kept aside are collected too, and the contexts chosen once more, from all. */
#include "prior/train.h"

#include <string.h>
#include <xxhash.h>

#include "base/sort.h"
#include "num/fpmode.h"
#include "prior/fit.h"
#include "prior/reading.h"

#define PIECE_LEN_MAX    ((size_t)1 << 18) /* longer samples are cut */
#define HOLD_OUT         8                 /* one in so many is kept aside */
#define HOLD_OUT_LEAST   16                /* from so many pieces on */
#define MEASURED_MAX     128               /* of those kept aside */
#define CONTEXTS_A_GROUP 2                 /* of a byte: about every second one is new */

/* A sample, or a part of one. */
struct piece {
    const uint8_t *data;
    size_t len;
    XXH128_hash_t hash;
};

struct training {
    const struct pith_trainer *trainer;
    const struct piece **pieces; /* in their order */
    size_t n_pieces, n_samples;
    uint64_t len;      /* of all */
    uint64_t read_len; /* in all passes so far, for progress */
    size_t piece_len;  /* of the longest */
    size_t hold_out;   /* one in so many; 0 = none */
    struct pith_reading reading;
    struct pith_engine learner, other;
    struct pith_collector collector;
    struct pith_start start;
    struct pith_message_head message_head;
    struct pith_selection selection;
    struct pith_gains gains;
    struct pith_worth worth;
    struct pith_prior_head head;
    void *blocks[5];
};

static int is_held_out(const struct training *t, size_t i)
{
    return t->hold_out > 0 && i % t->hold_out == t->hold_out - 1;
}

static pith_status take(struct training *t, size_t which, uint64_t len, void **block,
                        pith_error *error)
{
    TRY(pith_memory_take(t->trainer->memory, &t->blocks[which], len, "training", 0, error));
    *block = t->blocks[which];
    return PITH_OK;
}

/* By hash; equal samples have equal bytes, so their order does not matter. */
static int compare(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;

    return XXH128_cmp(&x->hash, &y->hash);
}

static pith_status cut(struct training *t, const pith_sample *samples, size_t n, pith_error *error)
{
    struct piece *piece;
    void *block;

    for (size_t i = 0; i < n; i++) {
        t->n_pieces += (samples[i].len + PIECE_LEN_MAX - 1) / PIECE_LEN_MAX;
        t->n_samples += samples[i].len > 0;
        t->len += samples[i].len;
    }
    if (t->n_pieces == 0)
        return pith_fail(error, PITH_E_ARGUMENT, 0,
                         "there is nothing to learn from: %zu samples, all empty", n);
    TRY(take(t, 0, t->n_pieces * (sizeof *piece + sizeof *t->pieces), &block, error));
    piece = block;
    t->pieces = (const struct piece **)(void *)(piece + t->n_pieces);
    t->n_pieces = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; at < samples[i].len; at += PIECE_LEN_MAX, piece++) {
            size_t left = samples[i].len - at;

            piece->data = (const uint8_t *)samples[i].data + at;
            piece->len = left < PIECE_LEN_MAX ? left : PIECE_LEN_MAX;
            piece->hash = XXH3_128bits(piece->data, piece->len);
            t->piece_len = piece->len > t->piece_len ? piece->len : t->piece_len;
            t->pieces[t->n_pieces++] = piece;
        }
    pith_sort((const void **)t->pieces, t->n_pieces, compare);
    t->hold_out = t->n_pieces < HOLD_OUT_LEAST ? 0 : HOLD_OUT;
    return PITH_OK;
}

/* Gives the collector what the samples can fill, or half of the memory that is left. */
static pith_status lay_out_collector(struct training *t, pith_error *error)
{
    uint64_t most = pith_memory_left(t->trainer->memory) / 2;
    uint64_t wanted = t->len * t->learner.maps[PITH_KIND_TEXT].n_contexts / CONTEXTS_A_GROUP;
    uint32_t log2 = 16;
    void *block;

    while (log2 < 31 && (uint64_t)1 << log2 < wanted &&
           sizeof(struct pith_collected) << (log2 + 1) <= most)
        log2++;
    TRY(take(t, 1, (uint64_t)sizeof(struct pith_collected) << log2, &block, error));
    pith_collector_init(&t->collector, block, log2);
    return PITH_OK;
}

static pith_status lay_out(struct training *t, pith_error *error)
{
    int level = t->trainer->level;
    struct pith_arena arena = {NULL, 0};
    void *block;

    pith_reading_layout(&t->reading, &arena, t->piece_len);
    TRY(take(t, 2, arena.used, &block, error));
    arena = (struct pith_arena){block, 0};
    pith_reading_layout(&t->reading, &arena, t->piece_len);
    pith_reading_init(&t->reading);
    arena = (struct pith_arena){NULL, 0};
    pith_engine_layout_learner(&t->learner, &arena, level, t->piece_len);
    TRY(take(t, 3, arena.used, &block, error));
    arena = (struct pith_arena){block, 0};
    pith_engine_layout_learner(&t->learner, &arena, level, t->piece_len);
    arena = (struct pith_arena){NULL, 0};
    pith_engine_layout_primed(&t->other, &arena, level, t->piece_len, &t->start);
    TRY(take(t, 4, arena.used, &block, error));
    return lay_out_collector(t, error);
}

static pith_status tell(struct training *t, const struct piece *piece, pith_error *error)
{
    const struct pith_trainer *trainer = t->trainer;

    t->read_len += piece->len;
    if (trainer->progress &&
        trainer->progress(trainer->progress_opaque, t->read_len,
                          t->head.len + t->head.learnt_len + t->head.store_len))
        return pith_fail(error, PITH_E_CANCELLED, 0, "cancelled");
    return PITH_OK;
}

/* Goes through the pieces kept aside, or through the others: what the learner reads, it learns. */
static pith_status learn(struct training *t, int from_held_out, struct pith_engine *learner,
                         pith_error *error)
{
    for (size_t i = 0; i < t->n_pieces; i++) {
        if (is_held_out(t, i) != from_held_out)
            continue;
        t->collector.sample++;
        pith_reading_begin(&t->reading, t->pieces[i]->data, t->pieces[i]->len);
        pith_engine_renew(learner, t->reading.stream.bytes, t->pieces[i]->len);
        pith_reading_code(&t->reading, learner);
        pith_reading_head(&t->reading, &t->message_head);
        if (learner->slots.collector &&
            t->collector.n_groups >= (size_t)5 << t->collector.capacity_log2 >> 3)
            pith_collector_thin(&t->collector);
        TRY(tell(t, t->pieces[i], error));
    }
    return PITH_OK;
}

/* Makes the other engine ready to read the n-th piece as whoever uses the prior would. */
static void begin_other(struct training *t, size_t n, int is_primed, struct pith_study *study)
{
    struct pith_arena arena = {t->blocks[4], 0};
    size_t len = t->pieces[n]->len;

    if (is_primed)
        pith_engine_layout_primed(&t->other, &arena, t->trainer->level, len, &t->start);
    else
        pith_engine_layout(&t->other, &arena, t->trainer->level, len);
    t->other.study = study;
    pith_reading_begin(&t->reading, t->pieces[n]->data, len);
    pith_engine_init(&t->other, t->reading.stream.bytes);
}

/* What some of the pieces kept aside take, with the prior as it stands and without one. */
static pith_status measure(struct training *t, pith_error *error)
{
    pith_prior_info *info = &t->head.info;
    size_t n = 0;

    for (size_t i = 0; i < t->n_pieces && n < MEASURED_MAX; i++) {
        if (!is_held_out(t, i))
            continue;
        n++;
        info->held_out_len += t->pieces[i]->len;
        begin_other(t, i, 0, NULL);
        info->held_out_plain += pith_reading_code(&t->reading, &t->other);
        begin_other(t, i, 1, NULL);
        info->held_out_packed += pith_reading_code(&t->reading, &t->other);
        TRY(tell(t, t->pieces[i], error));
    }
    return PITH_OK;
}

/* What contexts of the collector gain on pieces kept aside. */
static pith_status measure_gains(struct training *t, pith_error *error)
{
    struct pith_study study = {.is_watching = 1, .gains = &t->gains};
    size_t n = 0;

    t->start.engine = t->learner;
    t->collector.is_frozen = 1;
    for (size_t i = 0; i < t->n_pieces && n < MEASURED_MAX; i++) {
        if (!is_held_out(t, i))
            continue;
        n++;
        begin_other(t, i, 1, &study);
        t->other.slots.store = NULL;
        t->other.slots.collector = &t->collector;
        pith_reading_code(&t->reading, &t->other);
        TRY(tell(t, t->pieces[i], error));
    }
    t->collector.is_frozen = 0;
    return PITH_OK;
}

/* Chooses contexts for cap bytes, by the gains and costs of what the collector now holds. */
static pith_status choose(struct training *t, const struct pith_gains *gains, uint8_t *to,
                          size_t cap, size_t *len, pith_error *error)
{
    struct pith_fit fit = {&t->collector, &t->worth, t->trainer->memory};

    pith_worth_init(&t->worth, &t->collector, gains);
    TRY(pith_fit_contexts(&t->selection, &fit, to, cap, len, error));
    t->start.store = t->selection.store;
    return PITH_OK;
}

/* All three passes; leaves the chosen contexts and the learner. */
static pith_status run_passes(struct training *t, uint8_t *dst, size_t cap, pith_error *error)
{
    struct pith_engine *learner = &t->learner;
    size_t store_len, room = cap - cap / 8;

    pith_message_head_init(&t->message_head);
    pith_engine_begin(learner, t->reading.stream.bytes, t->piece_len);
    learner->slots.collector = &t->collector;
    TRY(learn(t, 0, learner, error));
    learner->slots.collector = NULL;
    if (t->hold_out == 0)
        return PITH_OK;
    TRY(measure_gains(t, error));
    TRY(choose(t, &t->gains, dst, room, &store_len, error));
    TRY(measure(t, error));
    learner->slots.store = &t->start.store;
    TRY(learn(t, 1, learner, error));
    return PITH_OK;
}

/* The samples kept aside, for their contexts only: another engine reads them. */
static pith_status collect_held_out(struct training *t, pith_error *error)
{
    struct pith_arena arena = {t->blocks[4], 0};

    pith_engine_layout_learner(&t->other, &arena, t->trainer->level, t->piece_len);
    pith_engine_begin(&t->other, t->reading.stream.bytes, t->piece_len);
    t->other.slots.collector = &t->collector;
    return learn(t, 1, &t->other, error);
}

static pith_status write_prior(struct training *t, uint8_t *dst, size_t cap, size_t *dst_len,
                               pith_error *error)
{
    struct pith_prior_head *head = &t->head;
    uint8_t *to = dst + PITH_PRIOR_HEAD_MAX;
    size_t room = cap - PITH_PRIOR_HEAD_MAX - PITH_PRIOR_TAIL_LEN, learnt_len, store_len;

    learnt_len =
        pith_fit_learnt(&t->learner, &t->message_head, to, room / 3, room / 2, &head->parts);
    if (learnt_len == PITH_FIT_NONE)
        return pith_fail(error, PITH_E_OUTPUT_FULL, 0,
                         "a prior of %zu bytes is too small for the weights of level %d", cap,
                         t->trainer->level);
    TRY(choose(t, t->hold_out > 0 ? &t->gains : NULL, to + learnt_len, room - learnt_len,
               &store_len, error));
    head->info.level = t->trainer->level;
    head->info.samples = t->n_samples;
    head->info.samples_len = t->len;
    head->learnt_len = learnt_len;
    head->store_len = store_len;
    memcpy(head->counts, t->selection.counts, sizeof head->counts);
    head->len = pith_prior_head_write(dst, head);
    memmove(dst + head->len, to, learnt_len + store_len);
    *dst_len = head->len + learnt_len + store_len;
    pith_prior_finish(dst, *dst_len);
    *dst_len += PITH_PRIOR_TAIL_LEN;
    return PITH_OK;
}

pith_status pith_train(const struct pith_trainer *trainer, uint8_t *dst, size_t cap,
                       size_t *dst_len, const pith_sample *samples, size_t n_samples,
                       pith_error *error)
{
    struct training *t;
    uint64_t mode = pith_fpmode_pin();
    void *block;
    pith_status status = pith_memory_take(trainer->memory, &block, sizeof *t, "training", 0, error);

    t = block;
    if (status == PITH_OK) {
        memset(t, 0, sizeof *t);
        t->trainer = trainer;
        status = cut(t, samples, n_samples, error);
        if (status == PITH_OK)
            status = lay_out(t, error);
        if (status == PITH_OK)
            status = run_passes(t, dst, cap, error);
        if (status == PITH_OK && t->hold_out > 0)
            status = collect_held_out(t, error);
        if (status == PITH_OK)
            status = write_prior(t, dst, cap, dst_len, error);
        pith_memory_give(trainer->memory, t->selection.memory);
        for (size_t i = 0; i < sizeof t->blocks / sizeof t->blocks[0]; i++)
            pith_memory_give(trainer->memory, t->blocks[i]);
        pith_memory_give(trainer->memory, t);
    }
    pith_fpmode_restore(mode);
    return status;
}
