/* Engine: where predictors, mixer, calibrators and coder meet.  One call codes one byte, in either
 * direction. */
#ifndef PITH_ENGINE_ENGINE_H
#define PITH_ENGINE_ENGINE_H

#include "base/arena.h"
#include "coder/coder.h"
#include "engine/profile.h"
#include "mix/calibrator.h"
#include "mix/mixer.h"
#include "model/history.h"
#include "model/indirect.h"
#include "model/local.h"
#include "model/match.h"
#include "model/slots.h"
#include "model/structure.h"
#include "model/words.h"

#define PITH_ENGINE_CALIBRATORS 4

/* Pointers into the arena and small state.  What has been learnt lives in the arena, which holds no
 * pointers. */
struct pith_engine {
    const struct pith_profile *profile;
    struct pith_history history;
    struct pith_slots slots;
    struct pith_match match;
    struct pith_indirect indirect;
    struct pith_words words;
    struct pith_structure structure;
    struct pith_mixer mixer;
    struct pith_calibrator calibrators[PITH_ENGINE_CALIBRATORS];
    uint16_t *direct; /* order 0 and 1 counters, slow and fast: [context][node][2] */
    uint32_t direct_at[2];
    uint32_t select2; /* selector of the mixer's second layer */
    uint32_t n_known; /* contexts of this nibble that have been seen before */
    uint32_t fails; /* shift register of recent bits that surprised */
    int32_t final_q16;
};

/* The working memory for a profile with tables sized to chunks of up to raw_len bytes. */
void pith_engine_layout(struct pith_engine *engine, struct pith_arena *arena,
                        const struct pith_profile *profile, uint32_t lines_log2,
                        uint32_t heads_log2);
/* data: the chunk's buffer; bytes before the position must be there when a byte is coded. */
void pith_engine_init(struct pith_engine *engine, uint8_t *data);
/* Codes the next byte; returns it. */
uint8_t pith_engine_byte(struct pith_engine *engine, struct pith_coder *coder, uint8_t byte);

#endif
