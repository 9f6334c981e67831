/* Engine: where predictors, mixer, calibrators and coder meet.  One call codes one byte, in either
 * direction, with the same code.
 *
 * The data is a sequence of segments of some kind (profile.h).  Each kind has a profile of contexts,
 * its own state maps and its own mixer; hashed slots, match ladder, history and calibrators are
 * shared. */
#ifndef PITH_ENGINE_ENGINE_H
#define PITH_ENGINE_ENGINE_H

#include "base/arena.h"
#include "coder/coder.h"
#include "engine/profile.h"
#include "engine/study.h"
#include "mix/calibrator.h"
#include "mix/denoiser.h"
#include "mix/mixer.h"
#include "model/direct.h"
#include "model/history.h"
#include "model/indirect.h"
#include "model/joint.h"
#include "model/local.h"
#include "model/match.h"
#include "model/phrases.h"
#include "model/record.h"
#include "model/recurrent.h"
#include "model/runs.h"
#include "model/slots.h"
#include "model/structure.h"
#include "model/words.h"
#include "model/x86.h"

#define PITH_ENGINE_CALIBRATORS_MAX 5
#define PITH_ENGINE_SETS_MAX        12
#define PITH_ENGINE_FINALS          6 /* of the mixers of the strongest levels */

struct pith_engine;

/* Codes the bits of a byte whose contexts stand; returns it | 256. */
typedef uint32_t pith_code_bits(struct pith_engine *engine, struct pith_coder *coder, uint8_t byte);

/* Pointers into the arena and small state.  What is learnt lives in the arena, which holds no
 * pointers. */
struct pith_engine {
    const struct pith_level *level;
    const struct pith_level *full;      /* the same before a study left anything out */
    const struct pith_start *start;     /* NULL = begins with nothing learnt */
    uint64_t raw_len;                   /* it was laid out for */
    struct pith_level reduced;          /* of a study that leaves something out */
    struct pith_study *study;           /* NULL in normal use */
    const struct pith_profile *profile; /* of the current kind */
    enum pith_kind kind;
    pith_code_bits *code_bits; /* the variant for this CPU */
    uint32_t kinds_begun;      /* bit k: kind k's maps and mixer are in use */
    struct pith_history history;
    struct pith_slots slots;
    struct pith_slots_maps maps[PITH_KINDS];
    uint8_t ids[PITH_KINDS][PITH_SLOTS_CONTEXTS_MAX]; /* of the contexts' store tables */
    struct pith_match match;
    struct pith_direct direct;
    struct pith_indirect indirect;
    struct pith_words words;
    struct pith_structure structure;
    struct pith_record record;
    struct pith_x86 x86;
    struct pith_phrases phrases; /* this and the next five: at the strongest levels only */
    struct pith_runs runs;
    struct pith_runs_maps runs_maps[PITH_KINDS];
    struct pith_joint joints[PITH_KINDS];
    struct pith_joint *joint; /* of the current kind */
    struct pith_recurrent network;
    struct pith_places places; /* of the current kind's inputs */
    struct pith_denoiser denoiser;
    uint32_t denoiser_contexts[PITH_DENOISER_STEPS];
    struct pith_mixer mixers[PITH_KINDS];
    struct pith_mixer *mixer; /* of the current kind */
    struct pith_calibrator calibrators[PITH_ENGINE_CALIBRATORS_MAX];
    uint32_t n_known; /* contexts of this nibble that have been seen before, in 15ths of all */
    uint32_t kind_selector; /* the first of the kind's two selectors, in this byte */
    uint32_t calibrator_base[PITH_ENGINE_CALIBRATORS_MAX];
};

/* What a prior has learnt: an engine that codes nothing, and contexts.  Read only, shared. */
struct pith_start {
    struct pith_engine engine; /* of pith_engine_layout_learner() with raw_len 0 */
    struct pith_store store;
};

/* Lays the working memory out for chunks of raw_len bytes. */
void pith_engine_layout(struct pith_engine *engine, struct pith_arena *arena, int level,
                        uint64_t raw_len);
/* The same with a study (study.h), or NULL; takes no more memory. */
void pith_engine_layout_studied(struct pith_engine *engine, struct pith_arena *arena, int level,
                                uint64_t raw_len, struct pith_study *study);
/* The same for an engine that begins with what a prior has learnt. */
void pith_engine_layout_primed(struct pith_engine *engine, struct pith_arena *arena, int level,
                               uint64_t raw_len, const struct pith_start *start);
/* The same for one that learns what others begin with: what it learns has the same shape for any raw_len. */
void pith_engine_layout_learner(struct pith_engine *engine, struct pith_arena *arena, int level,
                                uint64_t raw_len);
/* data: the model stream's buffer; the engine writes each byte there as it codes it. */
void pith_engine_init(struct pith_engine *engine, uint8_t *data);
/* The same for at most raw_len bytes, no more than it was laid out for, with tables that suit them. */
void pith_engine_begin(struct pith_engine *engine, uint8_t *data, uint64_t raw_len);
/* Goes on to other data of at most raw_len bytes with what it has learnt: weights, maps and calibrators, not contexts and matches. */
void pith_engine_renew(struct pith_engine *engine, uint8_t *data, uint64_t raw_len);
/* The weights of the mixer's first layer before it has learnt anything. */
void pith_engine_start_weights(const struct pith_engine *engine, enum pith_kind kind,
                               int16_t start[PITH_MIX_INPUTS_MAX]);
/* The next bytes are of this kind; record_len <= PITH_RECORD_LEN_MAX, 0 = none. */
void pith_engine_begin_segment(struct pith_engine *engine, enum pith_kind kind,
                               uint32_t record_len);
/* Codes the next byte; `byte` is ignored when decoding.  Returns the byte. */
uint8_t pith_engine_byte(struct pith_engine *engine, struct pith_coder *coder, uint8_t byte);

#endif
