/* Components: the parts of a model that can be left out of a run to see what they are worth.
 *
 * The names and meanings are for people: pith_component_at(), `pith --ablate`, docs/explain.md.  Their
 * numbers are places in that list and bits of a mask, never on the wire, and may change. */
#ifndef PITH_ENGINE_COMPONENT_H
#define PITH_ENGINE_COMPONENT_H

#include <pith/pith.h>

enum pith_component_id {
    /* Predictors: they give the mixer inputs. */
    PITH_COMPONENT_ORDERS,
    PITH_COMPONENT_WORDS,
    PITH_COMPONENT_STRUCTURE,
    PITH_COMPONENT_INDIRECT,
    PITH_COMPONENT_SPARSE,
    PITH_COMPONENT_RECORD,
    PITH_COMPONENT_X86,
    PITH_COMPONENT_PHRASES,
    PITH_COMPONENT_LADDER,
    PITH_COMPONENT_DIRECT,
    PITH_COMPONENT_BIAS,
    PITH_COMPONENT_ESTIMATES,
    PITH_COMPONENT_RUNS,
    PITH_COMPONENT_JOINT,
    PITH_COMPONENT_NETWORK,
    /* What is made of the inputs. */
    PITH_COMPONENT_SETS,
    PITH_COMPONENT_SECOND_LAYER,
    PITH_COMPONENT_CALIBRATORS,
    PITH_COMPONENT_DENOISER,
    /* What the codec does to the bytes before they are predicted. */
    PITH_COMPONENT_WORD_CODES,
    PITH_COMPONENT_BRANCHES,
    /* Variants: leaving one out puts something else in its place. */
    PITH_COMPONENT_FIBONACCI,
    PITH_COMPONENT_RUNGS,
    PITH_COMPONENTS
};

_Static_assert((int)PITH_COMPONENTS <= PITH_COMPONENTS_MAX, "a mask has a bit for each");

extern const pith_component pith_components[PITH_COMPONENTS];

static inline uint32_t pith_component_bit(enum pith_component_id id)
{
    return (uint32_t)1 << id;
}

#endif
