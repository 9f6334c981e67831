/* See builtin.h.  Levels share the contexts and families what else was learnt, so each is opened once. */
#include "api/builtin.h"

#include <inttypes.h>
#include <string.h>

#include "container/frame.h"
#include "num/fpmode.h"
#include "par/monitor.h"
#include "prior/builtin_data.h"

#define N_LEVELS (PITH_LEVEL_MAX + 1) /* the lowest have none */

struct opened {
    struct pith_start start;
    struct pith_codec_prior codec;
};

/* Guarded by monitor; what has been opened once is only read. */
static struct {
    struct pith_monitor monitor;
    int is_read;
    struct pith_builtin builtin;
    struct pith_store *stores[PITH_BUILTIN_STORES_MAX];
    struct pith_engine *engines[N_LEVELS];
    struct pith_message_head heads[N_LEVELS];
    struct opened *opened[N_LEVELS][PITH_BUILTIN_STORES_MAX];
} all = {.monitor = PITH_MONITOR_START};

static const struct pith_codec_prior any = {.number = 1};

const struct pith_codec_prior *pith_builtin_any(void)
{
    return &any;
}

/* The linked-in file has a test that opens all of it, so what is wrong with it is a fault of pith. */
static const struct pith_builtin *read_all(void)
{
    if (!all.is_read) {
        (void)pith_builtin_read(&all.builtin, pith_builtin_data, pith_builtin_data_len(), NULL);
        all.is_read = 1;
    }
    return &all.builtin;
}

uint32_t pith_builtin_numbers(int level, const uint8_t *data, size_t len,
                              uint32_t numbers[PITH_BUILTIN_GUESSES])
{
    const struct pith_builtin *builtin;

    pith_monitor_lock(&all.monitor);
    builtin = read_all();
    pith_monitor_unlock(&all.monitor);
    return builtin->learnt[level].data ? pith_builtin_guess(builtin, data, len, numbers) : 0;
}

uint64_t pith_builtin_chunk_need(int level, uint64_t raw_len, const struct pith_codec_prior *prior,
                                 int uses_builtin)
{
    struct pith_chunk_header plain, primed;

    pith_chunk_plan(&plain, &pith_codec_bytes, level, raw_len, prior, NULL);
    if (!uses_builtin || prior || level < PITH_BUILTIN_LEVEL_MIN)
        return plain.need;
    pith_chunk_plan(&primed, &pith_codec_bytes, level,
                    raw_len < PITH_BUILTIN_CHUNK_MAX ? raw_len : PITH_BUILTIN_CHUNK_MAX, &any,
                    NULL);
    return plain.need > primed.need ? plain.need : primed.need;
}

static pith_status take(void **block, uint64_t len, pith_error *error)
{
    struct pith_memory memory;

    pith_memory_init(&memory, NULL, UINT64_MAX);
    return pith_memory_take(&memory, block, len, "a built-in prior", 0, error);
}

/* Memory for what an arena has counted. */
static pith_status back(struct pith_arena *arena, pith_error *error)
{
    void *block;

    TRY(take(&block, arena->used, error));
    *arena = (struct pith_arena){block, 0};
    return PITH_OK;
}

static void give(void *block)
{
    struct pith_memory memory;

    pith_memory_init(&memory, NULL, UINT64_MAX);
    pith_memory_give(&memory, block);
}

static pith_status open_store(uint32_t i, pith_error *error)
{
    const struct pith_builtin_section *section = &all.builtin.stores[i];
    struct pith_arena arena = {NULL, 0};
    struct pith_prior_head head;
    struct pith_store counted, *store;
    pith_status status;

    if (all.stores[i])
        return PITH_OK;
    TRY(pith_prior_head_read(&head, section->data, section->len, error));
    pith_arena_take(&arena, 1, sizeof *store);
    pith_store_layout(&counted, &arena, head.counts);
    TRY(back(&arena, error));
    store = pith_arena_take(&arena, 1, sizeof *store);
    pith_store_layout(store, &arena, head.counts);
    status = pith_prior_read_store(store, &head, section->data, error);
    if (status != PITH_OK)
        give(arena.base);
    else
        all.stores[i] = store;
    return status;
}

/* Counters by the bytes themselves are the same at all levels: those that have none take the first's. */
static void share_direct(struct pith_engine *engine, const struct pith_prior_head *head)
{
    const struct pith_engine *first = all.engines[PITH_BUILTIN_LEVEL_MIN];

    if (first && !(head->parts & PITH_LEARNT_DIRECT))
        engine->direct = first->direct;
}

static pith_status open_learnt(int level, pith_error *error)
{
    const struct pith_builtin_section *section = &all.builtin.learnt[level];
    struct pith_arena arena = {NULL, 0};
    struct pith_prior_head head;
    struct pith_engine counted, *engine;
    pith_status status;

    if (all.engines[level])
        return PITH_OK;
    TRY(pith_prior_head_read(&head, section->data, section->len, error));
    pith_arena_take(&arena, 1, sizeof *engine);
    pith_engine_layout_learner(&counted, &arena, level, 0);
    TRY(back(&arena, error));
    engine = pith_arena_take(&arena, 1, sizeof *engine);
    pith_engine_layout_learner(engine, &arena, level, 0);
    status = pith_prior_read_learnt(engine, &all.heads[level], &head, section->data, error);
    if (status != PITH_OK) {
        give(arena.base);
        return status;
    }
    share_direct(engine, &head);
    all.engines[level] = engine;
    return PITH_OK;
}

static pith_status open_prior(const struct pith_codec_prior **prior, uint32_t number, int level,
                              pith_error *error)
{
    struct opened **opened = &all.opened[level][number - 1];
    void *block;

    if (!*opened) {
        TRY(open_store(number - 1, error));
        TRY(open_learnt(PITH_BUILTIN_LEVEL_MIN, error));
        TRY(open_learnt(level, error));
        TRY(take(&block, sizeof **opened, error));
        *opened = block;
        memset(*opened, 0, sizeof **opened);
        (*opened)->start.engine = *all.engines[level];
        (*opened)->start.store = *all.stores[number - 1];
        (*opened)->codec.number = (uint8_t)number;
        (*opened)->codec.level = level;
        (*opened)->codec.start = &(*opened)->start;
        (*opened)->codec.head = &all.heads[level];
    }
    *prior = &(*opened)->codec;
    return PITH_OK;
}

pith_status pith_builtin_find(const struct pith_codec_prior **prior, uint32_t number, int level,
                              uint64_t position, pith_error *error)
{
    const struct pith_builtin *builtin;
    pith_status status;
    uint64_t mode;

    pith_monitor_lock(&all.monitor);
    builtin = read_all();
    if (number < 1 || number > builtin->n_stores || !builtin->learnt[level].data) {
        status = pith_fail(error, PITH_E_UNSUPPORTED, position,
                           "made by a newer version of pith (built-in prior %" PRIu32
                           " of level %d, this one has %" PRIu32 ")",
                           number, level, builtin->n_stores);
    } else {
        mode = pith_fpmode_pin();
        status = open_prior(prior, number, level, error);
        pith_fpmode_restore(mode);
    }
    pith_monitor_unlock(&all.monitor);
    if (status != PITH_OK && error)
        error->position = position;
    return status;
}
