/* See engine_study.h. */
#include "engine/engine_study.h"

#include <string.h>

#define SLOPE_LEAST 128 /* pushes of less together, in 1/256 logits, are taken to cancel out */

/* The power of two, of 4 to 128, that is nearest to a rung's length. */
static uint8_t nearest_power(uint8_t len)
{
    uint8_t power = 4;

    while (power < 128 && power + power / 2 < len)
        power = (uint8_t)(2 * power);
    return power;
}

static void leave_out_contexts(struct pith_profile *p, uint32_t left_out)
{
    if (left_out & pith_component_bit(PITH_COMPONENT_ORDERS))
        p->n_orders = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_WORDS))
        p->n_words = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_STRUCTURE))
        p->n_structure = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_INDIRECT))
        p->n_indirect = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_SPARSE))
        p->n_sparse = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_RECORD))
        p->n_record = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_X86))
        p->n_x86 = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_PHRASES))
        p->n_phrases = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_LADDER))
        p->n_match = 0;
    if (pith_profile_n_contexts(p) == 0) /* the slots have one context at least */
        p->n_orders = 1;
}

static void leave_out_strong(struct pith_level *level, uint32_t left_out)
{
    if (left_out & pith_component_bit(PITH_COMPONENT_ESTIMATES))
        level->has_estimates = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_RUNS))
        level->has_runs = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_JOINT))
        level->has_joint = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_NETWORK))
        level->network_width = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_DENOISER))
        level->has_denoiser = 0;
}

void pith_level_leave_out(struct pith_level *level, uint32_t left_out)
{
    for (int kind = 0; kind < PITH_KINDS; kind++)
        leave_out_contexts(&level->kinds[kind], left_out);
    if (left_out & pith_component_bit(PITH_COMPONENT_FIBONACCI))
        for (uint32_t r = 0; r < level->n_rungs; r++)
            level->rungs[r] = nearest_power(level->rungs[r]);
    if (left_out & pith_component_bit(PITH_COMPONENT_RUNGS) && level->n_rungs > 1)
        level->n_rungs = 1;
    if (left_out & pith_component_bit(PITH_COMPONENT_LADDER))
        level->n_rungs = 0;
    if (left_out & pith_component_bit(PITH_COMPONENT_SETS))
        level->n_sets = 1;
    if (left_out & pith_component_bit(PITH_COMPONENT_CALIBRATORS))
        level->n_calibrators = 0;
    leave_out_strong(level, left_out);
}

uint32_t pith_level_components(const struct pith_level *level, enum pith_kind kind)
{
    const struct pith_profile *p = &level->kinds[kind];
    const uint32_t n[PITH_COMPONENTS] = {
        [PITH_COMPONENT_ORDERS] = p->n_orders,
        [PITH_COMPONENT_WORDS] = p->n_words,
        [PITH_COMPONENT_STRUCTURE] = p->n_structure,
        [PITH_COMPONENT_INDIRECT] = p->n_indirect,
        [PITH_COMPONENT_SPARSE] = p->n_sparse,
        [PITH_COMPONENT_RECORD] = p->n_record,
        [PITH_COMPONENT_X86] = p->n_x86,
        [PITH_COMPONENT_PHRASES] = p->n_phrases,
        [PITH_COMPONENT_LADDER] = level->n_rungs,
        [PITH_COMPONENT_DIRECT] = 1,
        [PITH_COMPONENT_BIAS] = 1,
        [PITH_COMPONENT_ESTIMATES] = level->has_estimates,
        [PITH_COMPONENT_RUNS] = level->has_runs,
        [PITH_COMPONENT_JOINT] = level->has_joint,
        [PITH_COMPONENT_NETWORK] = level->network_width,
        [PITH_COMPONENT_SETS] = level->n_sets > 1,
        [PITH_COMPONENT_SECOND_LAYER] = level->n_sets > 1,
        [PITH_COMPONENT_CALIBRATORS] = level->n_calibrators,
        [PITH_COMPONENT_DENOISER] = level->has_denoiser,
        [PITH_COMPONENT_FIBONACCI] = level->n_rungs,
        [PITH_COMPONENT_RUNGS] = level->n_rungs > 1,
    };
    uint32_t used = 0;

    for (int i = 0; i < PITH_COMPONENTS; i++)
        if (n[i] > 0)
            used |= (uint32_t)1 << i;
    return used;
}

void pith_engine_silence(struct pith_engine *engine)
{
    int16_t *inputs = engine->mixer->inputs;

    if (pith_study_lacks(engine->study, PITH_COMPONENT_DIRECT))
        memset(inputs + engine->places.direct, 0, PITH_DIRECT_INPUTS * sizeof *inputs);
    if (pith_study_lacks(engine->study, PITH_COMPONENT_BIAS))
        inputs[engine->places.bias] = 0;
}

/* What inputs from..to - 1 add to the logit, in 1/256: through each set and its weight in the second
 * layer.  The limits that logits have on the way are not looked at. */
static int32_t push_of(const struct pith_mixer *mixer, uint32_t from, uint32_t to)
{
    int64_t sum = 0;

    for (uint32_t s = 0; s < mixer->n_sets; s++) {
        const int16_t *weights = mixer->chosen[s];
        int64_t of_set = 0;

        for (uint32_t i = from; i < to; i++)
            of_set += weights[i] * mixer->inputs[i];
        sum += of_set * pith_mixer_set_weight(mixer, s);
    }
    return (int32_t)(sum / ((int64_t)PITH_WEIGHT_ONE * PITH_WEIGHT_ONE));
}

static int64_t cost_of(int32_t logit, int bit)
{
    uint32_t p1 = pith_squash(pith_logit_clamp(logit));

    return pith_study_cost(bit ? p1 : 65536 - p1);
}

/* What the bit would cost more without all that came from before is shared out by what each context pushed: an
 * integral over pushes that grow together (Aumann and Shapley's values).  Where they cancel each other
 * out, by the slope. */
static void tell_gains(const struct pith_engine *engine, int bit, uint32_t second)
{
    const struct pith_mixer *mixer = engine->mixer;
    const struct pith_slots *slots = &engine->slots;
    int has_leanings = !engine->level->has_estimates && engine->places.rungs > slots->n_contexts;
    int64_t push[PITH_SLOTS_CONTEXTS_MAX], sum = 0, gained, slope;

    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        push[i] = 0;
        if (!slots->origin[i])
            continue;
        push[i] = push_of(mixer, i, i + 1);
        if (has_leanings)
            push[i] += push_of(mixer, slots->n_contexts + i, slots->n_contexts + i + 1);
        sum += push[i];
    }
    gained = cost_of((int32_t)(mixer->logit - sum), bit) - cost_of(mixer->logit, bit);
    slope = (bit ? 65535 : 0) - (int64_t)pith_squash(mixer->logit);
    for (uint32_t i = 0; i < slots->n_contexts; i++) {
        int64_t share = sum > SLOPE_LEAST || sum < -SLOPE_LEAST ? gained * push[i] / sum
                                                                : slope * push[i] / 256;

        if (slots->origin[i])
            engine->study->gains->sums[slots->ids[i]][second][slots->origin[i]] += share;
    }
}

void pith_engine_tell(const struct pith_engine *engine, uint32_t p1_q16, int bit, uint32_t n_seen)
{
    const struct pith_profile *p = engine->profile;
    const struct {
        enum pith_component_id id;
        uint32_t n;
    } families[] = {
        {PITH_COMPONENT_ORDERS, p->n_orders},
        {PITH_COMPONENT_WORDS, p->n_words},
        {PITH_COMPONENT_STRUCTURE, p->n_structure},
        {PITH_COMPONENT_INDIRECT, p->n_indirect},
        {PITH_COMPONENT_SPARSE, p->n_sparse},
        {PITH_COMPONENT_RECORD, p->n_record},
        {PITH_COMPONENT_X86, p->n_x86},
        {PITH_COMPONENT_PHRASES, p->n_phrases},
        {PITH_COMPONENT_LADDER, p->n_match},
    };
    const struct pith_places *places = &engine->places;
    const struct pith_mixer *mixer = engine->mixer;
    uint32_t at = 0, n = engine->slots.n_contexts;
    int32_t pushes[PITH_COMPONENTS] = {0};

    if (engine->study->gains) {
        tell_gains(engine, bit, n_seen > 3);
        return;
    }
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        uint32_t end = at + families[f].n;

        pushes[families[f].id] = push_of(mixer, at, end);
        if (engine->level->has_estimates)
            pushes[PITH_COMPONENT_ESTIMATES] += push_of(mixer, n + at, n + end);
        else if (places->rungs > n) /* leanings of the same contexts */
            pushes[families[f].id] += push_of(mixer, n + at, n + end);
        at = end;
    }
    pushes[PITH_COMPONENT_LADDER] += push_of(mixer, places->rungs, places->direct);
    pushes[PITH_COMPONENT_DIRECT] = push_of(mixer, places->direct, places->bias);
    pushes[PITH_COMPONENT_BIAS] = push_of(mixer, places->bias, places->runs);
    pushes[PITH_COMPONENT_RUNS] = push_of(mixer, places->runs, places->joint);
    pushes[PITH_COMPONENT_JOINT] = push_of(mixer, places->joint, places->network);
    pushes[PITH_COMPONENT_NETWORK] = push_of(mixer, places->network, places->n_inputs);
    pith_study_bit(engine->study, p1_q16, bit, pushes);
}
