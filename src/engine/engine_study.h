/* How engine.h fulfils study.h: what its bit loop calls when it is compiled for a study. */
#ifndef PITH_ENGINE_ENGINE_STUDY_H
#define PITH_ENGINE_ENGINE_STUDY_H

#include "engine/engine.h"

/* The level without the components of left_out: fewer contexts, rungs, sets and calibrators. */
void pith_level_leave_out(struct pith_level *level, uint32_t left_out);

/* Components at work in segments of a kind. */
uint32_t pith_level_components(const struct pith_level *level, enum pith_kind kind);

/* Inputs that cannot be made fewer are made silent: the predictors have written them all. */
void pith_engine_silence(struct pith_engine *engine);

/* Tells the study of a bit that the model has not learnt yet, the byte's n_seen-th. */
void pith_engine_tell(const struct pith_engine *engine, uint32_t p1_q16, int bit, uint32_t n_seen);

#endif
