/* See component.h. */
#include "engine/component.h"

const pith_component pith_components[PITH_COMPONENTS] = {
    [PITH_COMPONENT_ORDERS] = {"orders", "the last 1 to 16 bytes as contexts"},
    [PITH_COMPONENT_WORDS] = {"words", "the current word and those before it"},
    [PITH_COMPONENT_STRUCTURE] = {"structure", "columns, lines above, tags and brackets"},
    [PITH_COMPONENT_INDIRECT] = {"indirect", "what followed the same bytes before"},
    [PITH_COMPONENT_SPARSE] = {"sparse", "earlier bytes with gaps between them"},
    [PITH_COMPONENT_RECORD] = {"record", "the same field of earlier records"},
    [PITH_COMPONENT_X86] = {"x86", "parts of machine instructions"},
    [PITH_COMPONENT_PHRASES] = {"phrases", "longer sequences of words, what followed them"},
    [PITH_COMPONENT_LADDER] = {"ladder", "the longest matches, at several lengths"},
    [PITH_COMPONENT_DIRECT] = {"direct", "counters for each byte and each pair of bytes"},
    [PITH_COMPONENT_BIAS] = {"bias", "one input that is always the same"},
    [PITH_COMPONENT_RUNS] = {"runs", "the last byte in each context, how often in a row"},
    [PITH_COMPONENT_JOINT] = {"joint weights", "all contexts weighed at once, as one more input"},
    [PITH_COMPONENT_NETWORK] = {"network", "a recurrent neural network, learning as it codes"},
    [PITH_COMPONENT_SETS] = {"weight sets", "more than one set of the mixer's weights"},
    [PITH_COMPONENT_SECOND_LAYER] = {"second layer",
                                     "weights for the sets, in place of their mean"},
    [PITH_COMPONENT_CALIBRATORS] = {"calibrators", "correction by what came true before"},
    [PITH_COMPONENT_DENOISER] = {"denoiser", "the last correction, by what is more than noise"},
    [PITH_COMPONENT_WORD_CODES] = {"word codes", "words of a list as codes of 1 to 3 bytes"},
    [PITH_COMPONENT_BRANCHES] = {"branches", "targets of calls and jumps made absolute"},
    [PITH_COMPONENT_FIBONACCI] = {"ladder: powers of 2", "rungs at 4, 16, 32... for 5, 13, 34..."},
    [PITH_COMPONENT_RUNGS] = {"ladder: one rung", "the shortest rung alone"},
};
