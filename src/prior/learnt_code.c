/* See learnt_code.h.
 *
 * Everything is written as the difference from what an engine begins with that has learnt nothing, or
 * from the mean of its like, in steps that are coarse enough not to cost more than they bring. */
#include "prior/learnt_code.h"

#include <string.h>

#include "coder/bitcode.h"
#include "model/state.h"

#define MAP_SHIFT         20 /* maps: of 31 bits */
#define COUNTER_SHIFT     10
#define WEIGHT_SHIFT      8    /* of PITH_WEIGHT_ONE = 2^14 */
#define CELL_SHIFT        10   /* calibrators: of 16 */
#define CELL_MOVED        3000 /* a row of which no cell has moved so far is not worth it */
#define JOINT_SHIFT       15   /* joint weights: 1/65536 logits */
#define MATCH_SHIFT       20   /* match maps: of 32 */
#define AGE_SHIFT         7
#define AGE_MAX           127 /* of a vector: what comes next is to be learnt from all the same */
#define PROBABILITY_SHIFT 9   /* of how messages begin: of 16 bits */

/* Decoding a section that ended too early: what is left would be zeros, and take long. */
static int is_over(const struct pith_coder *coder)
{
    return coder->overrun > PITH_CODER_OVERRUN_MAX;
}

/* x to whole steps. */
static int32_t rounded(int64_t x, uint32_t shift)
{
    return (int32_t)((x + ((int64_t)1 << shift >> 1)) >> shift);
}

static int32_t within(int64_t x, int32_t low, int32_t high)
{
    return (int32_t)(x < low ? low : x > high ? high : x);
}

/* Codes a value as its difference from `base` in steps, and returns what it is then. */
PITH_INLINE int32_t code_near(struct pith_coder *coder, struct pith_bitcode_number *number,
                              int32_t value, int32_t base, uint32_t shift, int32_t low,
                              int32_t high)
{
    int32_t steps = pith_bitcode_signed(coder, number, rounded((int64_t)value - base, shift));

    return within(base + steps * ((int64_t)1 << shift), low, high);
}

/* What is decoded is kept; encoding changes nothing. */
PITH_INLINE int32_t kept(const struct pith_coder *coder, int32_t own, int32_t coded)
{
    return coder->out ? own : coded;
}

static void code_maps(struct pith_coder *coder, const struct pith_slots_maps *maps)
{
    struct pith_bitcode_number number;

    pith_bitcode_number_init(&number);
    for (uint32_t i = 0; i < maps->n_contexts; i++)
        for (uint32_t state = 1; state < 256; state++) {
            int32_t *cell = &maps->cells[i * 256 + state];

            *cell = kept(coder, *cell,
                         code_near(coder, &number, *cell, (int32_t)pith_state_start_p1[state] << 15,
                                   MAP_SHIFT, 0, INT32_MAX));
        }
}

/* Each from the class of length before: longer runs are surer. */
static void code_runs_maps(struct pith_coder *coder, const struct pith_runs_maps *maps)
{
    struct pith_bitcode_number number;
    int32_t before[16];

    pith_bitcode_number_init(&number);
    for (uint32_t i = 0; i < maps->n_contexts * PITH_RUNS_MAPS; i++) {
        int32_t *cell = &maps->cells[i], *base = &before[i % 16];

        if (i % PITH_RUNS_MAPS < 16)
            *base = PITH_RUNS_START_P1;
        *base = code_near(coder, &number, *cell, *base, MAP_SHIFT, 0, INT32_MAX);
        *cell = kept(coder, *cell, *base);
    }
}

static void code_joint(struct pith_coder *coder, const struct pith_joint *joint)
{
    struct pith_bitcode_number number;

    pith_bitcode_number_init(&number);
    for (uint32_t i = 0; i < joint->n_contexts * 256 * 8 && !is_over(coder); i++)
        joint->weights[i] = kept(coder, joint->weights[i],
                                 code_near(coder, &number, joint->weights[i], 0, JOINT_SHIFT,
                                           -PITH_JOINT_LIMIT, PITH_JOINT_LIMIT));
}

/* The mean of the vectors of a set that have moved; what has not is left as it is. */
static void mean_vector(int16_t *mean, const int16_t *vectors, const uint8_t *has_moved, size_t n,
                        size_t n_padded)
{
    for (size_t i = 0; i < n_padded; i++) {
        int64_t sum = 0, count = 0;

        for (size_t v = 0; v < n; v++)
            if (has_moved[v]) {
                sum += vectors[v * n_padded + i];
                count++;
            }
        if (count > 0)
            mean[i] = (int16_t)(sum / count);
    }
}

struct vectors_model {
    struct pith_learnt_choice choice;
    uint16_t has_moved[2];
    struct pith_bitcode_number mean, weight;
};

static uint8_t is_far(const int16_t *vector, const int16_t *from, size_t n_inputs, uint32_t least)
{
    uint64_t moved = 0;

    for (size_t i = 0; i < n_inputs; i++)
        moved += (uint64_t)(vector[i] > from[i] ? vector[i] - from[i] : from[i] - vector[i]);
    return 16 * moved > (uint64_t)n_inputs * least << WEIGHT_SHIFT;
}

/* n vectors that all began as `start`: their mean, then those that have moved. */
static void code_vectors(struct pith_coder *coder, struct vectors_model *m, int16_t *vectors,
                         size_t n, size_t n_inputs, size_t n_padded, const int16_t *start)
{
    int16_t mean[PITH_MIX_INPUTS_MAX];
    uint8_t has_moved[32768];
    uint32_t before = 0;

    memcpy(mean, start, n_padded * sizeof *mean);
    for (size_t v = 0; v < n; v++)
        has_moved[v] = is_far(vectors + v * n_padded, start, n_inputs, 0);
    if (coder->out)
        mean_vector(mean, vectors, has_moved, n, n_padded);
    for (size_t i = 0; i < n_inputs; i++)
        mean[i] = (int16_t)code_near(coder, &m->mean, mean[i], start[i], WEIGHT_SHIFT, INT16_MIN,
                                     INT16_MAX);
    for (size_t v = 0; v < n; v++)
        has_moved[v] &= is_far(vectors + v * n_padded, mean, n_inputs, m->choice.least_move);
    for (size_t v = 0; v < n && !is_over(coder); v++) {
        int16_t *vector = vectors + v * n_padded;
        uint32_t is_own = m->choice.parts & PITH_LEARNT_VECTORS
                              ? pith_bitcode_bit(coder, &m->has_moved[before], has_moved[v])
                              : 0;

        before = is_own;
        if (!is_own && !coder->out)
            memcpy(vector, mean, n_inputs * sizeof *vector);
        for (size_t i = 0; is_own && i < n_inputs; i++)
            vector[i] = (int16_t)kept(coder, vector[i],
                                      code_near(coder, &m->weight, vector[i], mean[i], WEIGHT_SHIFT,
                                                INT16_MIN, INT16_MAX));
    }
}

static void init_vectors_model(struct vectors_model *m, struct pith_learnt_choice choice)
{
    m->choice = choice;
    pith_bitcode_init(m->has_moved, 2);
    pith_bitcode_number_init(&m->mean);
    pith_bitcode_number_init(&m->weight);
}

static void code_mixer(struct pith_coder *coder, struct pith_mixer *mixer, const int16_t *start,
                       struct pith_learnt_choice choice)
{
    struct vectors_model m;
    struct pith_bitcode_number rate;
    int16_t equal[16];

    pith_bitcode_number_init(&rate);
    mixer->rate_q16 = kept(
        coder, mixer->rate_q16,
        within(pith_bitcode_signed(coder, &rate, mixer->rate_q16), 0, PITH_MIXER_RATE_LIMIT - 1));
    for (uint32_t s = 0; s < mixer->n_sets; s++) {
        init_vectors_model(&m, choice);
        code_vectors(coder, &m, mixer->weights + (size_t)mixer->set_start[s] * mixer->n_padded,
                     mixer->set_start[s + 1] - mixer->set_start[s], mixer->n_inputs,
                     mixer->n_padded, start);
    }
    for (uint32_t i = 0; i < 16; i++)
        equal[i] = (int16_t)(PITH_WEIGHT_ONE / (int32_t)mixer->n_sets);
    for (uint32_t f = 0; f < mixer->n_finals; f++) {
        init_vectors_model(&m, choice);
        code_vectors(coder, &m, mixer->weights2 + (size_t)mixer->final_start[f] * mixer->n_padded2,
                     mixer->final_start[f + 1] - mixer->final_start[f], mixer->n_sets,
                     mixer->n_padded2, equal);
    }
    for (uint32_t v = 0; mixer->ages && v < mixer->set_start[mixer->n_sets]; v++)
        mixer->ages[v] =
            (uint16_t)kept(coder, mixer->ages[v],
                           code_near(coder, &rate, mixer->ages[v], 0, AGE_SHIFT, 0, AGE_MAX));
}

/* A node's two counters: the slow one, then how far the fast one is from it. */
static void code_direct(struct pith_coder *coder, const struct pith_direct *direct)
{
    struct pith_bitcode_number slow, fast;
    uint16_t is_known[2][2];

    pith_bitcode_number_init(&slow);
    pith_bitcode_number_init(&fast);
    pith_bitcode_init(is_known[0], 4);
    for (uint32_t row = 0; row < 257 && !is_over(coder); row++) {
        uint32_t any = 0;

        for (uint32_t i = 0; coder->out && i < 512; i++)
            any |= direct->counters[row * 512 + i] != 32768;
        if (!pith_bitcode_bit(coder, &is_known[0][0], any))
            continue;
        for (uint32_t node = 1, before = 0; node < 256; node++) {
            uint16_t *counter = &direct->counters[(row * 256 + node) * 2];
            int32_t base;

            before = pith_bitcode_bit(coder, &is_known[1][before], counter[0] != 32768);
            if (!before)
                continue;
            base = code_near(coder, &slow, counter[0], 32768, COUNTER_SHIFT, 32, 65504);
            counter[0] = (uint16_t)kept(coder, counter[0], base);
            base = code_near(coder, &fast, counter[1], base, COUNTER_SHIFT + 2, 32, 65504);
            counter[1] = (uint16_t)kept(coder, counter[1], base);
        }
    }
}

static void code_calibrator(struct pith_coder *coder, const struct pith_calibrator *calibrator)
{
    struct pith_bitcode_number number;
    uint16_t has_moved[2], start[PITH_CALIBRATOR_STEPS];
    uint32_t before = 0;

    pith_bitcode_number_init(&number);
    pith_bitcode_init(has_moved, 2);
    for (int32_t i = 0; i < PITH_CALIBRATOR_STEPS; i++)
        start[i] = (uint16_t)pith_squash(
            pith_logit_clamp(i * PITH_CALIBRATOR_STEP + PITH_CALIBRATOR_LOWEST));
    for (uint32_t row = 0; row < 1u << calibrator->contexts_log2 && !is_over(coder); row++) {
        uint16_t *cells = calibrator->cells + row * PITH_CALIBRATOR_STEPS;
        uint32_t moved = 0;

        for (uint32_t i = 0; coder->out && i < PITH_CALIBRATOR_STEPS; i++)
            moved |= (uint32_t)((cells[i] > start[i] ? cells[i] - start[i] : start[i] - cells[i]) >
                                CELL_MOVED);
        before = pith_bitcode_bit(coder, &has_moved[before], moved);
        for (uint32_t i = 0; before && i < PITH_CALIBRATOR_STEPS; i++)
            cells[i] =
                (uint16_t)kept(coder, cells[i],
                               code_near(coder, &number, cells[i], start[i], CELL_SHIFT, 0, 65535));
    }
}

static void code_match(struct pith_coder *coder, const struct pith_match *match)
{
    struct pith_bitcode_number p1, count;

    pith_bitcode_number_init(&p1);
    pith_bitcode_number_init(&count);
    for (uint32_t i = 0; i < match->n_rungs * PITH_MATCH_BUCKETS; i++) {
        uint32_t *map = &match->maps[i];
        uint32_t high = pith_bitcode_number(coder, &p1, *map >> MATCH_SHIFT);
        uint32_t n = pith_bitcode_number(coder, &count, (*map & 1023) >> 3) << 3;

        high = high < 4095 ? high : 4095;
        n = n < PITH_MATCH_COUNT_LIMIT ? n : PITH_MATCH_COUNT_LIMIT;
        *map = coder->out ? *map : high << MATCH_SHIFT | n;
    }
}

static void code_probabilities(struct pith_coder *coder, struct pith_bitcode_number *number,
                               uint16_t *p1, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p1[i] = (uint16_t)kept(coder, p1[i],
                               code_near(coder, number, p1[i], PITH_BITCODE_HALF, PROBABILITY_SHIFT,
                                         PITH_BITCODE_LOWEST, 65535 - PITH_BITCODE_LOWEST));
}

static void code_head(struct pith_coder *coder, struct pith_message_head *head)
{
    struct pith_bitcode_number number;

    pith_bitcode_number_init(&number);
    code_probabilities(coder, &number, head->tag, PITH_MESSAGE_TAGS);
    for (uint32_t i = 0; i <= PITH_KINDS; i++) {
        struct pith_bitcode_number *of = i < PITH_KINDS ? &head->len[i] : &head->record_len;

        code_probabilities(coder, &number, of->length, 64);
        code_probabilities(coder, &number, of->high[0], 33 * 4);
    }
}

void pith_learnt_code(struct pith_engine *engine, struct pith_message_head *head,
                      struct pith_learnt_choice choice, struct pith_coder *coder)
{
    int16_t start[PITH_MIX_INPUTS_MAX];
    uint32_t kinds = pith_bitcode_plain(coder, PITH_KINDS, engine->kinds_begun);

    for (uint32_t kind = 0; kind < PITH_KINDS; kind++) {
        if (!(kinds >> kind & 1) || is_over(coder))
            continue;
        if (!coder->out)
            pith_engine_begin_segment(engine, (enum pith_kind)kind, 0);
        pith_engine_start_weights(engine, (enum pith_kind)kind, start);
        code_maps(coder, &engine->maps[kind]);
        if (engine->level->has_runs)
            code_runs_maps(coder, &engine->runs_maps[kind]);
        if (engine->level->has_joint)
            code_joint(coder, &engine->joints[kind]);
        code_mixer(coder, &engine->mixers[kind], start, choice);
    }
    code_head(coder, head);
    code_match(coder, &engine->match);
    if (choice.parts & PITH_LEARNT_DIRECT)
        code_direct(coder, &engine->direct);
    for (uint32_t i = 0; choice.parts & PITH_LEARNT_CALIBRATORS && i < engine->level->n_calibrators;
         i++)
        code_calibrator(coder, &engine->calibrators[i]);
}
